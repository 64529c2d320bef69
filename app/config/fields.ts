// Kinds of values a setting can have. A file gives numbers and lists, the environment text: both are taken.
import { z } from 'zod';
import { DATABASE_NAME } from '../../infra/clickhouse/database-name.ts';

/** What the docs and the error messages tell of a setting, beside its schema. */
export interface SettingMeta {
  /** What it means, in plain English, for the table of docs/configuration.md. */
  readonly description: string;
  /** Name of the environment variable. @default MILLRACE_ and the path in capitals */
  readonly env?: string;
  /** Name of the flag on the command line; absent if there is none. */
  readonly flag?: string;
  readonly unit: string;
  /** The default in words, if it is not a fixed value. */
  readonly unset?: string;
  /** Whether it is a path; a relative one in the file counts from the folder of the file. */
  readonly isPath?: boolean;
  /** Whether it is secret: then *** stands for it wherever the configuration is shown. */
  readonly secret?: boolean;
}

/**
 * Adds what a setting means to its schema. Call it last: a schema made from another one forgets it.
 */
export function setting<S extends z.ZodType>(schema: S, meta: SettingMeta): S {
  return schema.meta({ ...meta });
}

export const metaOf = (schema: z.ZodType) => schema.meta() as SettingMeta | undefined;

export const text = z.string('text is wanted');

export const address = z
  .string('an http or https address is wanted')
  .refine((url) => URL.canParse(url) && /^https?:/.test(url), 'an http or https address is wanted')
  .transform((url) => url.replace(/\/+$/, ''));

export const databaseName = z
  .string()
  .regex(DATABASE_NAME, 'letters, digits and underscores are wanted, no digit first');

export const clusterName = z
  .string()
  .regex(/^[A-Za-z0-9_.-]+$/, 'letters, digits, underscores, points and hyphens are wanted');

const hostPort = z
  .string()
  .regex(
    /^(\[[0-9a-fA-F:]+\]|[^\s:,]+):\d{1,5}$/,
    'host:port is wanted, several separated by commas',
  );

/** A list, or text with commas. */
export const listOf = <S extends z.ZodType>(element: S, wanted: string) =>
  z.preprocess(
    (value) =>
      typeof value === 'string'
        ? value
            .split(',')
            .map((part) => part.trim())
            .filter(Boolean)
        : value,
    z.array(element, wanted).min(1, wanted),
  );

export const hostPorts = listOf(hostPort, 'host:port is wanted, several separated by commas');

const names = 'names of hosts are wanted, without ports, several separated by commas';

export const hostNames = listOf(z.string().regex(/^[A-Za-z0-9_.-]+$/, names), names);

export const yesNo = z
  .union([z.boolean(), z.enum(['true', 'false', '1', '0', 'yes', 'no'])], 'true or false is wanted')
  .transform((value) => value === true || ['true', '1', 'yes'].includes(String(value)));

/** Reads text as a number; any other value must be a number already. */
const fromText = (value: unknown) =>
  typeof value === 'string' && value.trim() !== '' ? Number(value) : value;

export const whole = (least: number, most: number) => {
  const wanted = `a whole number from ${least} to ${most} is wanted`;
  return z.preprocess(
    fromText,
    z
      .number(wanted)
      .int(wanted)
      .min(least, `${least} is the least`)
      .max(most, `${most} is the most`),
  );
};

/**
 * A number from `least` to `most`.
 * @param above whether it must be larger than `least`
 * @default false
 */
export const number = (least: number, most: number, { above = false } = {}) => {
  const wanted = `a number ${above ? 'above' : 'from'} ${least}${most === Infinity ? ' on' : ` to ${most}`} is wanted`;
  return z.preprocess(
    fromText,
    z
      .number(wanted)
      .refine((value) => (above ? value > least : value >= least) && value <= most, wanted),
  );
};

export const oneOf = <const T extends readonly [string, ...string[]]>(...values: T) => {
  const wanted = `${values.slice(0, -1).join(', ')} or ${values.at(-1)} is wanted`;
  return z.enum(values, wanted);
};
