// What a row of ClickHouse is to say of an event, worked out from the event alone.
import type { TopicTable } from '../../infra/clickhouse/tables.ts';
import type { AvroSchema } from '../../schemas/avro.ts';

/** The row as `JSONEachRow` gives it. */
export function rowOf({ schema, omit }: TopicTable, event: Record<string, unknown>) {
  const row: Record<string, unknown> = {};
  for (const { name, type } of schema.fields) {
    const { kind, items } = shapeOf(type);
    if (omit.includes(name) || kind === 'record') continue;
    const inner = items && shapeOf(items);
    if (inner?.kind !== 'record') row[name] = cellOf(type, event[name]);
    else {
      const parts = (event[name] ?? []) as Record<string, unknown>[];
      for (const field of inner.fields!) {
        row[`${name}.${field.name}`] = parts.map((part) => cellOf(field.type, part[field.name]));
      }
    }
  }
  return row;
}

interface Shape {
  readonly kind: string;
  readonly time?: boolean;
  readonly items?: AvroSchema;
  readonly fields?: readonly { readonly name: string; readonly type: AvroSchema }[];
}

/** Of a union with null, the other branch. */
function shapeOf(type: AvroSchema): Shape {
  if (typeof type === 'string') return { kind: type };
  if (Array.isArray(type)) return shapeOf(type.find((one) => one !== 'null')!);
  const {
    type: kind,
    items,
    fields,
    logicalType,
  } = type as unknown as Shape & {
    type: string;
    logicalType?: string;
  };
  return {
    kind,
    time: logicalType !== undefined,
    ...(items && { items }),
    ...(fields && { fields }),
  };
}

function cellOf(type: AvroSchema, value: unknown): unknown {
  const { kind, time } = shapeOf(type);
  if (value === null) return kind === 'array' ? [] : kind === 'map' ? {} : null;
  if (time) return new Date(value as number).toISOString().replace('T', ' ').slice(0, -1);
  return value;
}
