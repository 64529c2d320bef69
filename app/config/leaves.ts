// The settings of the schema, one by one, by their paths.
import type { z } from 'zod';
import { metaOf, type SettingMeta } from './fields.ts';

export type Path = readonly (string | number)[];

/** A setting: a value, or a list. */
export interface Leaf extends SettingMeta {
  /** Its path, with `[]` for the elements of a list: `variants[].name`. */
  readonly path: string;
  readonly keys: readonly string[];
  /** Its environment variable; undefined within a list, since the list has one. */
  readonly env?: string;
  /** Its default; undefined if `unset` tells it in words. */
  readonly default: unknown;
}

/**
 * The schema inside optional, default and readonly, and behind a step that only prepares the value.
 */
export function inner(schema: z.ZodType): z.ZodType {
  const def = schema.def as z.core.$ZodTypeDef & {
    innerType?: z.ZodType;
    in?: z.ZodType;
    out?: z.ZodType;
  };
  if (def.innerType) return inner(def.innerType);
  if (def.type !== 'pipe') return schema;
  return inner(def.in!.def.type === 'transform' ? def.out! : def.in!);
}

export function shapeOf(schema: z.ZodType): Readonly<Record<string, z.ZodType>> | undefined {
  const { type } = inner(schema).def;
  return type === 'object'
    ? (inner(schema) as z.ZodObject<Record<string, z.ZodType>>).shape
    : undefined;
}

export function elementOf(schema: z.ZodType): z.ZodType | undefined {
  const found = inner(schema);
  return found.def.type === 'array' ? (found as z.ZodArray<z.ZodType>).element : undefined;
}

export const envOf = (keys: readonly string[]) =>
  `MILLRACE_${keys.map((key) => key.replace(/([a-z])([A-Z])/g, '$1_$2').toUpperCase()).join('_')}`;

/** All settings of a schema, in its order; a list comes before the settings of its elements. */
export function leavesOf(schema: z.ZodType, keys: readonly string[] = []): Leaf[] {
  const within = keys.some((key) => key.endsWith('[]'));
  const own = metaOf(schema);
  const element = elementOf(schema);
  const children = shapeOf(schema) ?? (element && shapeOf(element));
  const found: Leaf[] = own
    ? [
        {
          ...own,
          path: keys.join('.'),
          keys,
          ...(within ? {} : { env: own.env ?? envOf(keys) }),
          default: own.unset === undefined ? defaultOf(schema) : undefined,
        },
      ]
    : [];
  const at = element && children ? [...keys.slice(0, -1), `${keys.at(-1)}[]`] : keys;
  return [
    ...found,
    ...Object.entries(children ?? {}).flatMap(([key, child]) => leavesOf(child, [...at, key])),
  ];
}

/** The value that holds when nothing is set. */
function defaultOf(schema: z.ZodType): unknown {
  const { data } = schema.safeParse(undefined);
  return data;
}
