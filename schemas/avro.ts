// The Avro subset Millrace speaks, and the TypeScript type each literal schema stands for.
import type { Rule } from './rules.ts';

type Primitive = 'null' | 'boolean' | 'int' | 'long' | 'float' | 'double' | 'bytes' | 'string';

export interface Field {
  readonly name: string;
  readonly type: AvroSchema;
  readonly default?: unknown;
  readonly doc?: string;
  /** Earlier names of the field; data written under one of them is read as this field. */
  readonly aliases?: readonly string[];
  /** What a value must be besides its type; no part of the Avro schema. @default that of the type */
  readonly rule?: Rule | undefined;
}

export interface RecordSchema {
  readonly type: 'record';
  readonly name: string;
  /** Earlier names of the record; data written under one of them is read as this record. */
  readonly aliases?: readonly string[];
  readonly namespace?: string;
  readonly doc?: string;
  readonly fields: readonly Field[];
}

export type AvroSchema =
  | Primitive
  | RecordSchema
  | {
      readonly type: 'enum';
      readonly name: string;
      readonly aliases?: readonly string[];
      readonly symbols: readonly string[];
    }
  | { readonly type: 'array'; readonly items: AvroSchema }
  | { readonly type: 'map'; readonly values: AvroSchema }
  | { readonly type: 'long'; readonly logicalType: 'timestamp-millis' }
  | readonly AvroSchema[];

interface PrimitiveTypes {
  null: null;
  boolean: boolean;
  int: number;
  long: number;
  float: number;
  double: number;
  bytes: Buffer;
  string: string;
}

/**
 * The TypeScript type of the values that a literal Avro schema describes. A union becomes a union
 * of types; a schema that is not known at compile time gives `any`.
 */
// biome-ignore lint/suspicious/noExplicitAny: `0 extends 1 & S` holds for `any` alone
export type Infer<S> = 0 extends 1 & S ? any : InferKnown<S>;

type InferKnown<S> = S extends keyof PrimitiveTypes
  ? PrimitiveTypes[S]
  : S extends readonly AvroSchema[]
    ? Infer<S[number]>
    : S extends { type: 'record'; fields: infer F extends readonly Field[] }
      ? { [K in F[number] as K['name']]: Infer<K['type']> }
      : S extends { type: 'enum'; symbols: infer Y extends readonly string[] }
        ? Y[number]
        : S extends { type: 'array'; items: infer I }
          ? Infer<I>[]
          : S extends { type: 'map'; values: infer V }
            ? { [key: string]: Infer<V> }
            : S extends { type: 'long' }
              ? number
              : never;

/** A moment: milliseconds since the epoch. */
export const timestamp = { type: 'long', logicalType: 'timestamp-millis' } as const;

/** A record schema in Millrace's namespace. */
export function record<const N extends string, const F extends readonly Field[]>(
  name: N,
  doc: string,
  fields: F,
) {
  return { type: 'record', name, namespace: 'millrace', doc, fields } as const;
}

export function arrayOf<const I extends AvroSchema>(items: I) {
  return { type: 'array', items } as const;
}

export function enumOf<const N extends string, const Y extends readonly string[]>(
  name: N,
  symbols: Y,
) {
  return { type: 'enum', name, symbols } as const;
}

/**
 * Gives a field, record or enum a new name and keeps the one before as an Avro alias. Records
 * written under the earlier name are still read, so a renaming stays BACKWARD compatible.
 */
export function renamed<const S extends { readonly name: string }>(before: string, schema: S) {
  return { ...schema, aliases: [before] } as const;
}

/** A field that may be absent; absent is the default, so adding one stays BACKWARD compatible. */
export function optional<const N extends string, const S extends AvroSchema>(
  name: N,
  type: S,
  rule?: Rule,
) {
  return { name, type: ['null', type] as const, default: null, rule } as const;
}
