// Schemas of answers, made from the Avro schema of a topic, so that the docs follow the records.
import type { AvroSchema, Field, RecordSchema } from '../../../schemas/avro.ts';
import type { JsonSchema } from './route.ts';

const primitives: Readonly<Record<string, JsonSchema>> = {
  null: { type: 'null' },
  boolean: { type: 'boolean' },
  int: { type: 'integer' },
  long: { type: 'integer' },
  float: { type: 'number' },
  double: { type: 'number' },
  string: { type: 'string' },
};

/** The JSON schema of a record. @param without fields that are left out of it */
export function recordSchema(
  { fields, doc }: RecordSchema,
  without: readonly string[] = [],
): JsonSchema {
  const kept = fields.filter(({ name }) => !without.includes(name));
  return object(Object.fromEntries(kept.map((field) => [field.name, fieldSchema(field)])), doc);
}

/** An object all of whose properties are there. */
export function object(
  properties: Readonly<Record<string, JsonSchema>>,
  description?: string,
): JsonSchema {
  return {
    type: 'object',
    ...(description && { description }),
    properties,
    required: Object.keys(properties),
  };
}

/** An object with properties that may be missing. */
export const withOptional = (
  schema: JsonSchema,
  optional: Readonly<Record<string, JsonSchema>>,
): JsonSchema => ({
  ...schema,
  properties: { ...(schema.properties as object), ...optional },
});

export const list = (items: JsonSchema, description?: string): JsonSchema => ({
  type: 'array',
  ...(description && { description }),
  items,
});

/** A primitive with what it means. */
export const text = (description: string): JsonSchema => ({ type: 'string', description });
export const number = (description: string): JsonSchema => ({ type: 'number', description });
export const whole = (description: string): JsonSchema => ({ type: 'integer', description });
export const flag = (description: string): JsonSchema => ({ type: 'boolean', description });
export const orNull = (schema: JsonSchema): JsonSchema => ({ anyOf: [schema, { type: 'null' }] });

function fieldSchema({ type, doc }: Field): JsonSchema {
  const schema = typeSchema(type);
  return doc ? { description: doc, ...schema } : schema;
}

function typeSchema(type: AvroSchema): JsonSchema {
  if (typeof type === 'string') return primitives[type] ?? {};
  if (Array.isArray(type)) return { anyOf: type.map(typeSchema) };
  const one = type as Exclude<AvroSchema, string | readonly AvroSchema[]>;
  switch (one.type) {
    case 'record':
      return recordSchema(one);
    case 'enum':
      return { type: 'string', enum: [...one.symbols] };
    case 'array':
      return list(typeSchema(one.items));
    case 'map':
      return { type: 'object', additionalProperties: typeSchema(one.values) };
    case 'long':
      return { type: 'integer', description: 'Time, ms since 1970.' };
  }
}
