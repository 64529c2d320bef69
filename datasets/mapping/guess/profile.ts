// What a sample of rows has: its fields by path, each with its values.
import { isRow, type Row, type RowValue } from '../row.ts';
import { isAbsent, textOf } from '../values.ts';

/** Rows of a source as they were found, without a mapping. */
export interface Sample {
  /** Name of the file or the topic. */
  readonly name: string;
  readonly rows: readonly Row[];
}

/** A field of a sample. */
export interface Column {
  /** Path, as a mapping names it. */
  readonly path: string;
  /** Values that are there, as texts, in the order of the rows. */
  readonly values: readonly string[];
  readonly distinct: ReadonlySet<string>;
  /** Share of the rows that have a value, 0 to 1. */
  readonly filled: number;
}

/** Deepest level that is looked at. */
const DEEPEST = 5;

/** The fields of a sample, in the order in which they come; lists have `[]` in their paths. */
export function columnsOf({ rows }: Sample): Column[] {
  const found = new Map<string, { values: string[]; rows: number }>();
  for (const row of rows) {
    const here = new Map<string, string[]>();
    visit(row, '', here, 0);
    for (const [path, values] of here) {
      const column = found.get(path) ?? { values: [], rows: 0 };
      column.values.push(...values);
      column.rows += 1;
      found.set(path, column);
    }
  }
  return [...found].map(([path, { values, rows: filled }]) => ({
    path,
    values,
    distinct: new Set(values),
    filled: filled / rows.length,
  }));
}

function visit(value: RowValue, path: string, out: Map<string, string[]>, depth: number): void {
  if (isAbsent(value) || depth > DEEPEST) return;
  if (Array.isArray(value)) {
    // One list alone: a path has `[]` once.
    if (!path.includes('[]')) for (const one of value) visit(one, `${path}[]`, out, depth + 1);
  } else if (isRow(value)) {
    for (const [name, one] of Object.entries(value)) {
      visit(one, path === '' ? name : `${path}.${name}`, out, depth + 1);
    }
  } else {
    const values = out.get(path);
    if (values) values.push(textOf(value));
    else out.set(path, [textOf(value)]);
  }
}
