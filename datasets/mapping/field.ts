// A field of a mapping: where a value lies in a row, as the file writes it and as the mapper reads it.
import { z } from 'zod';
import { type Path, pathOf } from './path.ts';
import { quoted, RefusedRow } from './refusal.ts';
import { parseJson, type Row, type RowValue } from './row.ts';
import { isAbsent, textOf } from './values.ts';

const path = z.string('the name of a field is wanted').refine(
  (text) => {
    try {
      return text !== '' && pathOf(text) !== undefined;
    } catch {
      return false;
    }
  },
  { error: ({ input }) => `${JSON.stringify(input)} is no path to a field` },
);

const paths = z.union([path, z.array(path).min(1)], 'the name of a field, or several, are wanted');

/** A field by name, or by more than that. */
export const fieldShape = z.union(
  [
    path,
    z.array(path).min(1),
    z
      .strictObject({
        /** Its path; of several, the first that is there. */
        field: paths.optional(),
        /** Paths whose texts together are the value, with colons between; all must be there. */
        all: z.array(path).min(1).optional(),
        /** What separates the elements of a text that is a list; `json` for a list in JSON. */
        split: z.string().min(1).optional(),
        /** What stands in where there is none. */
        otherwise: z.union([z.string(), z.number(), z.boolean()]).optional(),
      })
      .refine(
        ({ field, all, otherwise }) => (field ?? all ?? otherwise) !== undefined && !(field && all),
        '`field`, `all` or `otherwise` is wanted',
      ),
  ],
  'the name of a field is wanted, several, or `{ field, all, split, otherwise }`',
);

export type FieldShape = z.output<typeof fieldShape>;

/** Reads a field of rows. */
export interface Field {
  /** How the mapping names it. */
  readonly text: string;
  /** Whether it gives a list: one value for each element. */
  readonly each: boolean;
  /** Its value, or a list of values; undefined where there is none. */
  of(row: Row): RowValue;
}

export function fieldOf(shape: FieldShape): Field {
  const { field, all, split, otherwise } =
    typeof shape === 'string' || Array.isArray(shape)
      ? { field: shape, all: undefined, split: undefined, otherwise: undefined }
      : shape;
  const read = all ? joined(all.map(pathOf)) : first([field ?? []].flat().map(pathOf));
  return {
    text: [all ?? field ?? []].flat().join(all ? '+' : ' or ') || 'a constant',
    each: split !== undefined || [all ?? field ?? []].flat().some((one) => pathOf(one).each),
    of(row) {
      const value = read(row);
      if (split !== undefined) return elements(value, split) ?? otherwise;
      if (isAbsent(value)) return otherwise;
      if (otherwise === undefined || !Array.isArray(value)) return value;
      return value.map((one) => (isAbsent(one) ? otherwise : one));
    },
  };
}

/** The first value that is there. */
function first(paths: readonly Path[]) {
  return (row: Row): RowValue => {
    for (const path of paths) {
      const value = path.of(row);
      if (!isAbsent(value)) return value;
    }
    return undefined;
  };
}

/** All values as one text, element by element where there are lists. */
function joined(paths: readonly Path[]) {
  return (row: Row): RowValue => {
    const values = paths.map((path) => path.of(row));
    if (values.some(isAbsent)) return undefined;
    const list = values.find((value) => Array.isArray(value)) as readonly RowValue[] | undefined;
    const at = (i: number) =>
      values.map((value) => textOf(Array.isArray(value) ? value[i] : value)).join(':');
    return list ? list.map((_, i) => at(i)) : at(0);
  };
}

/** The elements of a list, or of a text with something between them; `json` for a list in JSON. */
function elements(value: RowValue, split: string): readonly RowValue[] | undefined {
  if (Array.isArray(value)) return value.map((one) => parted(one, split));
  if (isAbsent(value)) return undefined;
  const found = parted(value, split);
  return Array.isArray(found) ? found : [found];
}

function parted(value: RowValue, split: string): RowValue {
  if (typeof value !== 'string') return value;
  if (split !== 'json') {
    const parts = value.split(split).map((one) => one.trim());
    return parts.length === 1 ? parts[0] : parts.filter((one) => one !== '');
  }
  try {
    return parseJson(value);
  } catch {
    const what = `${quoted(value)} is no JSON`;
    throw new RefusedRow({ code: 'row-unreadable', what, field: '' });
  }
}
