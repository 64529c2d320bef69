// Holds the fields that a mapping names against the columns that a file has, before a row is read.
import { MillraceError } from '../../schemas/errors.ts';
import type { FieldShape } from './field.ts';
import type { RowRule, Source } from './shape.ts';

/**
 * @throws MillraceError `dataset-column-missing` for a field of which no alternative is a column
 */
export function wantColumns(
  { name, rows }: Source,
  columns: readonly string[],
  file: string,
): void {
  const known = new Set(columns);
  const has = (path: string) => {
    if (known.has(path)) return true;
    // Only the first name is a column; the rest lies within it.
    const parts = path.split(/(?=[.[])/);
    return parts.some((_, i) => known.has(parts.slice(0, i + 1).join('')));
  };
  const missing = rows.flatMap((rule) =>
    wantedBy(rule).flatMap((paths) => (paths.some(has) ? [] : [paths.join(' or ')])),
  );
  if (missing.length === 0) return;
  throw new MillraceError({
    code: 'dataset-column-missing',
    what: `${file} has no column ${[...new Set(missing)].join(', ')}, which the source ${name} names.`,
    why: `Its columns are: ${columns.map((one) => JSON.stringify(one)).join(', ')}.`,
    todo:
      columns.length === 1 && /[;\t|]/.test(columns[0]!)
        ? 'There is one column alone: set `delimiter` of the source to the character between the fields.'
        : 'Name the columns in `sources` of millrace.yaml as the file has them.',
  });
}

/** The fields of a rule, each as the paths of which one must be there. */
function wantedBy({ where = {}, groups, attributes = {}, time, ...rule }: RowRule): string[][] {
  const { is: _is, positiveFrom: _from, firstPosition: _first, ...fields } = rule;
  const groupFields = groups === undefined ? [] : Array.isArray(groups) ? groups : [groups];
  const shapes = [
    ...Object.values(fields),
    ...(groupFields as FieldShape[]),
    ...Object.values(attributes),
    ...(time ? [time.field] : []),
  ].filter((one) => one !== undefined && typeof one !== 'number') as FieldShape[];
  return [...Object.keys(where).map((path) => [path]), ...shapes.flatMap(pathsOf)];
}

function pathsOf(shape: FieldShape): string[][] {
  if (typeof shape === 'string') return [[shape]];
  if (Array.isArray(shape)) return [shape];
  if (shape.all) return shape.all.map((path) => [path]);
  return shape.field === undefined ? [] : [[shape.field].flat()];
}
