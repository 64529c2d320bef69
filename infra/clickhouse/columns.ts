// Avro schema to ClickHouse columns.
import type { AvroSchema, Field, RecordSchema } from '../../schemas/avro.ts';

export interface Column {
  /** Name of the column, as in the schema; for a field of an array of records `items.itemId`. */
  name: string;
  type: string;
  /** Earlier names of the column: the aliases of the schema. */
  before: readonly string[];
}

type Compound = Exclude<AvroSchema, string | readonly AvroSchema[]>;

/** The columns of a table that mirrors a topic; `omit` names fields that stay in Kafka alone. */
export function columnsOf(schema: RecordSchema, omit: readonly string[] = []): Column[] {
  return kept(schema, omit).flatMap((field) => {
    const nested = recordsIn(field.type);
    return nested
      ? nested.fields.map((inner) => ({
          name: `${field.name}.${inner.name}`,
          type: `Array(${typeOf(inner.type)})`,
          before: (inner.aliases ?? []).map((alias) => `${field.name}.${alias}`),
        }))
      : [{ name: field.name, type: typeOf(field.type), before: field.aliases ?? [] }];
  });
}

/**
 * The columns of a topic as AvroConfluent reads them: an array of records is one Array(Tuple(…)).
 */
export function sourceColumnsOf(
  schema: RecordSchema,
  omit: readonly string[] = [],
): Omit<Column, 'before'>[] {
  return kept(schema, omit).map((field) => {
    const nested = recordsIn(field.type);
    if (!nested) return { name: field.name, type: typeOf(field.type) };
    const inner = nested.fields.map((part) => `${part.name} ${typeOf(part.type)}`).join(', ');
    return { name: field.name, type: `Array(Tuple(${inner}))` };
  });
}

// A record inside a record (the state that an example carries) has no place in a flat table.
function kept(schema: RecordSchema, omit: readonly string[]): Field[] {
  return schema.fields.filter(
    (field) => !omit.includes(field.name) && kindOf(field.type) !== 'record',
  );
}

function kindOf(schema: AvroSchema): string {
  return typeof schema === 'object' && 'type' in schema ? schema.type : '';
}

function recordsIn(schema: AvroSchema): RecordSchema | undefined {
  if (typeof schema !== 'object' || !('type' in schema) || schema.type !== 'array')
    return undefined;
  return kindOf(schema.items) === 'record' ? (schema.items as RecordSchema) : undefined;
}

const primitives: Record<string, string> = {
  boolean: 'Bool',
  int: 'Int32',
  long: 'Int64',
  float: 'Float32',
  double: 'Float64',
  bytes: 'String',
  string: 'String',
};

function typeOf(schema: AvroSchema): string {
  if (typeof schema === 'string') return primitives[schema] ?? unknownType(schema);
  if (Array.isArray(schema)) return unionType(schema);
  const compound = schema as Compound;
  switch (compound.type) {
    case 'enum':
      return 'LowCardinality(String)';
    case 'array':
      return `Array(${typeOf(compound.items)})`;
    case 'map':
      return `Map(String, ${typeOf(compound.values)})`;
    case 'long':
      return "DateTime64(3, 'UTC')";
    default:
      return unknownType(compound.type);
  }
}

// An absent array is an empty one: ClickHouse has no Nullable(Array).
function unionType(schemas: readonly AvroSchema[]): string {
  const inner = typeOf(schemas.find((schema) => schema !== 'null') ?? unknownType('null'));
  if (/^(Array|Map)\(/.test(inner)) return inner;
  const dictionary = /^LowCardinality\((.+)\)$/.exec(inner);
  return dictionary ? `LowCardinality(Nullable(${dictionary[1]}))` : `Nullable(${inner})`;
}

function unknownType(what: string): never {
  throw new TypeError(`No ClickHouse type for the Avro type "${what}"; add one in columns.ts.`);
}
