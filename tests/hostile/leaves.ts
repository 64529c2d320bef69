// Every place of an event in which a value stands, with what its type and its rule say of it.
import type { AvroSchema, RecordSchema } from '../../schemas/avro.ts';

export type LeafKind = 'real' | 'whole' | 'time' | 'text' | 'list';

export interface Leaf {
  readonly path: readonly (string | number)[];
  readonly kind: LeafKind;
}

/** The leaves of a value of a schema; those of the first entry of each list. */
export function leavesOf(schema: RecordSchema): Leaf[] {
  return within(schema, []);
}

function within(type: AvroSchema, path: readonly (string | number)[]): Leaf[] {
  const leaf = (kind: LeafKind): Leaf => ({ path, kind });
  if (Array.isArray(type)) return within(type.find((one) => one !== 'null')!, path);
  switch (type) {
    case 'double':
    case 'float':
      return [leaf('real')];
    case 'int':
    case 'long':
      return [leaf('whole')];
    case 'string':
      return [leaf('text')];
  }
  if (typeof type === 'string') return [];
  const named = type as Exclude<AvroSchema, string | readonly AvroSchema[]>;
  switch (named.type) {
    case 'record':
      return named.fields.flatMap((field) => within(field.type, [...path, field.name]));
    case 'array':
      return [leaf('list'), ...within(named.items, [...path, 0])];
    case 'long':
      return [leaf('time')];
    default:
      return [];
  }
}

/** A copy of an event with another value in one place. */
export function changed(event: unknown, [step, ...rest]: Leaf['path'], value: unknown): unknown {
  if (step === undefined) return value;
  if (typeof step === 'number') {
    const list = event as readonly unknown[];
    return list.length > step ? list.with(step, changed(list[step], rest, value)) : list;
  }
  const record = event as Readonly<Record<string, unknown>>;
  return { ...record, [step]: changed(record[step], rest, value) };
}

export function valueAt(event: unknown, path: Leaf['path']): unknown {
  return path.reduce<unknown>(
    (of, step) => (of as Record<string | number, unknown>)?.[step],
    event,
  );
}
