// What a record of another writer's schema is read with: ours, widened by what the writer may say beyond it.
//
// Avro resolves a writer's schema to the reader's as a whole: one more symbol of an enum, one more branch
// of a union or a long for an int refuses every record of the schema, also those that use none of it. Here
// the schema is widened by exactly that, and each record is then held against ours. What Avro resolves by
// itself stays as it is: other orders of fields and branches, defaults, aliases, int → long → double.
import { MillraceError } from './errors.ts';

type Schema = unknown;

interface Named {
  readonly type?: unknown;
  readonly name?: string;
  readonly namespace?: string;
  readonly aliases?: readonly string[];
  readonly logicalType?: string;
  readonly symbols?: readonly string[];
  readonly fields?: readonly FieldSchema[];
  readonly items?: Schema;
  readonly values?: Schema;
}

interface FieldSchema {
  readonly name: string;
  readonly type: Schema;
  readonly aliases?: readonly string[];
}

/**
 * The reader's schema, widened where the writer's says more.
 * @returns the reader's schema itself if nothing of it had to be widened
 * @throws MillraceError `record-undecodable` for a time in another unit, which would be read as ours
 */
export function widened(reader: Schema, writer: Schema): Schema {
  return widen(reader, writer, namesIn(writer, new Map()), '');
}

function widen(
  reader: Schema,
  written: Schema,
  names: ReadonlyMap<string, Schema>,
  path: string,
): Schema {
  const writer = resolved(written, names);
  if (Array.isArray(writer)) return widenedByBranches(reader, writer, names, path);
  if (Array.isArray(reader)) {
    const at = reader.findIndex((branch) => kindOf(branch) !== 'null' && alike(branch, writer));
    if (at < 0) return reader;
    const branch = widen(reader[at], writer, names, path);
    return branch === reader[at] ? reader : reader.with(at, branch);
  }
  const [own, theirs] = [named(reader), named(writer)];
  switch (kindOf(reader)) {
    case 'int':
      return kindOf(writer) === 'long' ? 'long' : reader;
    case 'long':
      checkUnit(own, theirs, path);
      return reader;
    case 'enum': {
      const more = (theirs.symbols ?? []).filter((symbol) => !own.symbols?.includes(symbol));
      return more.length > 0 ? { ...own, symbols: [...own.symbols!, ...more] } : reader;
    }
    case 'array':
      return widenedPart(own, theirs, 'items', names, path);
    case 'map':
      return widenedPart(own, theirs, 'values', names, path);
    case 'record':
      return widenedRecord(own, theirs, names, path);
    default:
      return reader;
  }
}

/** A writer's union for what is not one here, or for fewer branches: the others are added. */
function widenedByBranches(
  reader: Schema,
  writer: readonly Schema[],
  names: ReadonlyMap<string, Schema>,
  path: string,
): Schema {
  const branches: Schema[] = Array.isArray(reader) ? [...reader] : [reader];
  let changed = false;
  for (const written of writer) {
    const branch = resolved(written, names);
    const at = branches.findIndex((own) => alike(own, branch));
    if (at < 0) {
      branches.push(branch);
      changed = true;
    } else {
      const wider = widen(branches[at], branch, names, path);
      if (wider !== branches[at]) changed = true;
      branches[at] = wider;
    }
  }
  if (!changed) return reader;
  return branches.length === 1 ? branches[0] : branches;
}

function widenedPart(
  reader: Named,
  writer: Named,
  part: 'items' | 'values',
  names: ReadonlyMap<string, Schema>,
  path: string,
): Schema {
  if (!(part in writer)) return reader;
  const wider = widen(reader[part], writer[part], names, `${path}[]`);
  return wider === reader[part] ? reader : { ...reader, [part]: wider };
}

function widenedRecord(
  reader: Named,
  writer: Named,
  names: ReadonlyMap<string, Schema>,
  path: string,
): Schema {
  let changed = false;
  const fields = reader.fields!.map((field) => {
    const known = [field.name, ...(field.aliases ?? [])];
    const theirs = writer.fields?.find(({ name }) => known.includes(name));
    if (!theirs) return field;
    const type = widen(field.type, theirs.type, names, `${path}.${field.name}`);
    if (type === field.type) return field;
    changed = true;
    return { ...field, type };
  });
  return changed ? { ...reader, fields } : reader;
}

/** Whether a writer's value of one schema may be read with the other. */
function alike(reader: Schema, writer: Schema): boolean {
  const [own, theirs] = [kindOf(reader), kindOf(writer)];
  if (own === theirs) return true;
  return promotions[own]?.includes(theirs) ?? false;
}

/** Kinds that are read as another kind: those of the Avro specification, and a long as an int. */
const promotions: Readonly<Record<string, readonly string[]>> = {
  int: ['long'],
  long: ['int'],
  float: ['int', 'long'],
  double: ['int', 'long', 'float'],
  string: ['bytes'],
  bytes: ['string'],
};

function checkUnit(reader: Named, writer: Named, path: string): void {
  const unit = writer.logicalType;
  if (!unit || !reader.logicalType || unit === reader.logicalType) return;
  throw new MillraceError({
    code: 'record-undecodable',
    what: `The field ${path.slice(1)} is written as ${unit}.`,
    why: `It is read as ${reader.logicalType}, and Avro does not convert one to the other.`,
    todo: `Write it as ${reader.logicalType}.`,
    remedy: 'skip',
  });
}

const named = (schema: Schema): Named =>
  typeof schema === 'object' && schema !== null ? (schema as Named) : {};

function kindOf(schema: Schema): string {
  if (typeof schema === 'string') return schema;
  if (Array.isArray(schema)) return 'union';
  const { type } = named(schema);
  return typeof type === 'string' ? type : kindOf(type);
}

/** The schema that a name stands for; `{"type": {…}}` is what is in it. */
function resolved(schema: Schema, names: ReadonlyMap<string, Schema>): Schema {
  if (typeof schema === 'string') return names.get(unqualified(schema)) ?? schema;
  const { type } = named(schema);
  return typeof type === 'object' && type !== null && !Array.isArray(schema)
    ? resolved(type, names)
    : schema;
}

const unqualified = (name: string) => name.slice(name.lastIndexOf('.') + 1);

/** Every named type of a schema, by its name without namespace. */
function namesIn(schema: Schema, found: Map<string, Schema>): Map<string, Schema> {
  if (Array.isArray(schema)) for (const branch of schema) namesIn(branch, found);
  else if (typeof schema === 'object' && schema !== null) {
    const { name, type, fields, items, values } = schema as Named;
    if (name && typeof type === 'string') found.set(unqualified(name), schema);
    if (typeof type === 'object') namesIn(type, found);
    for (const field of fields ?? []) namesIn(field.type, found);
    for (const part of [items, values]) if (part) namesIn(part, found);
  }
  return found;
}
