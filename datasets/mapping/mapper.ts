// Makes events of rows by the rules of a source: pure, without a clock. A row gives all its events or none.
import { borderOf } from './checked.ts';
import { makerOf } from './makers.ts';
import type { Mapped, MapperOptions } from './mapped.ts';
import { pathOf } from './path.ts';
import { RefusedRow } from './refusal.ts';
import type { Row, RowValue } from './row.ts';
import type { RowRule, Source } from './shape.ts';
import { isAbsent, textOf } from './values.ts';

/** A source's rules, ready to be applied. */
export type Mapper = (row: Row) => Mapped;

/** Makes the mapper of a source. @throws Error for rules that `sourceShape` would refuse */
export function mapperOf(source: Source, options: MapperOptions = {}): Mapper {
  const rules = source.rows.map((rule) => ({
    holds: conditionOf(rule.where ?? {}),
    make: makerOf(source, rule),
  }));
  const check = borderOf(options);
  const clean = withoutAbsent(source.absent ?? []);
  return (given) => {
    const row = clean(given);
    try {
      const applied = rules.filter(({ holds }) => holds(row));
      if (applied.length === 0) throw unmatched(source, row);
      const events = applied.flatMap(({ make }) => make(row));
      for (const event of events) check(event);
      return { events, refusal: null };
    } catch (error) {
      if (error instanceof RefusedRow) return { events: [], refusal: error.refusal };
      throw error;
    }
  };
}

function conditionOf(where: NonNullable<RowRule['where']>): (row: Row) => boolean {
  const parts = Object.entries(where).map(([field, wanted]) => ({
    path: pathOf(field),
    values: new Set([wanted].flat().map(String)),
  }));
  return (row) =>
    parts.every(({ path, values }) => {
      const value = path.of(row);
      return !isAbsent(value) && values.has(textOf(value));
    });
}

/** The row with texts that stand for no value taken away, at any depth. */
function withoutAbsent(texts: readonly string[]): (row: Row) => Row {
  if (texts.length === 0) return (row) => row;
  const absent = new Set<RowValue>(texts);
  const clean = (value: RowValue): RowValue => {
    if (typeof value === 'string') return absent.has(value) ? null : value;
    if (Array.isArray(value)) return value.map(clean);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, clean(one)]));
  };
  return (row) => clean(row) as Row;
}

/** What the row has in the fields that the rules ask for. */
function unmatched({ rows }: Source, row: Row): RefusedRow {
  const asked = [...new Set(rows.flatMap(({ where }) => Object.keys(where ?? {})))];
  const found = asked.map((field) => {
    const value = pathOf(field).of(row);
    return isAbsent(value)
      ? `no ${field}`
      : `${field} ${JSON.stringify(textOf(value).slice(0, 40))}`;
  });
  return new RefusedRow({
    code: 'row-unmatched',
    what: `no rule of the mapping holds for a row with ${found.join(', ') || 'nothing'}`,
    field: '',
  });
}
