// Guesses the mapping of events: what each kind of row is, and which fields tell who, what and when.
import type { RowKind } from '../shape.ts';
import {
  type Found,
  findEvent,
  findItems,
  findTime,
  findUser,
  type KnownIds,
  looksLikeNumber,
  named,
} from './fields.ts';
import { type GuessedRule, type GuessedSource, type Hints, SURE, type Unclear } from './guessed.ts';
import { type Part, partsOf } from './parts.ts';
import { type Column, columnsOf, type Sample } from './profile.ts';

export function guessEvents(
  sample: Sample,
  catalogues: readonly KnownIds[],
  hints: Hints = {},
): GuessedSource {
  const columns = columnsOf(sample);
  const said = (path: string | undefined) => columns.filter((one) => one.path === path);
  const times = said(hints.time);
  const time = findTime(times.length > 0 ? times : columns, hints.format);
  const event = hints.kind === undefined ? findEvent(without(columns, time)) : undefined;
  const items = hinted(said(hints.item)) ?? findItems(without(columns, time, event), catalogues);
  const [user] = hinted(said(hints.user)) ?? [findUser(without(columns, time, event, ...items))];
  const parts = partsOf(sample, event, columns, hints.kind);
  const unclear = [
    ...wanted('user', 'who', user, columns),
    ...wanted('item', 'which item', items[0], columns),
    ...wanted('time', 'when', time, columns),
    ...(time?.riddle ? [riddleOf(time)] : []),
    ...parts.unclear,
  ];
  if (!user || !time || items.length === 0) {
    return { name: sample.name, rows: [], notes: [], unclear };
  }
  const lists = parts.found.some(
    ({ verb, sample: own }) => verb === 'list' || (verb === 'view' && listed(own, items)),
  );
  const clicks = parts.found.some(({ verb }) => verb === 'click');
  const rows = parts.found.map((part) => {
    const kind = kindOf(part, { lists, clicks, items });
    return ruleOf(part, { user, time, items, kind, hints });
  });
  return {
    name: sample.name,
    rows: merged(rows),
    ...(rows.some((rule) => hasComma(rule, columns)) && { decimal: ',' as const }),
    notes: notesOf(rows, columns, lists),
    unclear: [...unclear, ...rows.flatMap(unclearRating)],
  };
}

const without = (columns: readonly Column[], ...found: readonly (Found | undefined)[]) =>
  columns.filter((one) => !found.some((taken) => taken?.column === one));

/** Fields that somebody named; undefined if nobody did. */
function hinted([column]: readonly Column[]): Found[] | undefined {
  return column && [{ column, why: { confidence: 1, because: 'as you said' } }];
}

function wanted(
  about: 'user' | 'item' | 'time',
  what: string,
  found: Found | undefined,
  columns: readonly Column[],
): Unclear[] {
  if (found && found.why.confidence >= SURE) return [];
  const options = columns.map(({ path }) => path);
  const guess = found
    ? `${found.column.path} is but a guess: ${found.why.because}`
    : 'no field says so';
  return [{ about, says: `${what}: ${guess} (there are ${options.join(', ')})`, options }];
}

function riddleOf({ column, riddle }: NonNullable<ReturnType<typeof findTime>>): Unclear {
  const some = column.values[0];
  const says = `when: ${column.path} such as ${some} may be written ${riddle!.join(' or ')}`;
  return { about: 'format', says, options: riddle! };
}

/** Whether rows have a list of items. */
function listed(sample: Sample, items: readonly Found[]): boolean {
  return itemOf(sample, items)?.column.path.includes('[]') ?? false;
}

/** The field with items that most of these rows have. */
function itemOf(sample: Sample, items: readonly Found[]): Found | undefined {
  const filled = new Map(columnsOf(sample).map(({ path, filled: share }) => [path, share]));
  return items.find(({ column }) => (filled.get(column.path) ?? 0) > 0.5) ?? items[0];
}

/** With lists of items, a page of one product is a click; without, it is what was shown. */
function kindOf(
  { verb, sample }: Part,
  { lists, clicks, items }: { lists: boolean; clicks: boolean; items: readonly Found[] },
): RowKind {
  if (verb === 'list' || (verb === 'view' && listed(sample, items))) return 'impression';
  if (verb !== 'view') return verb;
  if (!lists) return 'impression';
  return clicks ? 'ignored' : 'click';
}

interface Fields {
  readonly user: Found;
  readonly time: NonNullable<ReturnType<typeof findTime>>;
  readonly items: readonly Found[];
  readonly kind: RowKind;
  readonly hints: Hints;
}

function ruleOf(
  { where, why, sample }: Part,
  { user, time, items, kind, hints }: Fields,
): GuessedRule {
  if (kind === 'ignored')
    return { is: kind, why, ...(where && { where }), fields: {}, reasons: {} };
  const columns = columnsOf(sample);
  const item = itemOf(sample, items)!;
  const free = columns.filter(
    ({ path }) => ![user, time, item].some(({ column }) => column.path === path),
  );
  const sibling = (column: Column) =>
    column.path.includes('[]') === item.column.path.includes('[]') || kind !== 'impression';
  const value =
    kind === 'buy' || kind === 'rating'
      ? free.find((one) => looksLikeNumber(one, 'value') && !/quantity|count|qty/.test(one.path))
      : undefined;
  const slate = named(free, 'impression').find(({ column }) => !column.path.includes('[]'));
  const position =
    kind === 'impression'
      ? free.find(
          (one) => sibling(one) && /(?:^|[._\]])(?:position|rank|slot|place)$/i.test(one.path),
        )
      : undefined;
  const own = named(free, 'id').find(
    ({ column }) => column.distinct.size === sample.rows.length && column.filled === 1,
  );
  const id = kind === 'impression' ? (slate ?? own) : own;
  return {
    is: kind,
    why,
    ...(where && { where }),
    fields: {
      user: user.column.path,
      item: item.column.path,
      time: timeField(time),
      ...(id && { id: id.column.path }),
      ...(kind !== 'impression' && slate && { impression: slate.column.path }),
      ...(value && { value: kind === 'rating' ? value.path : { field: value.path, otherwise: 1 } }),
      ...(kind === 'rating' && {
        positiveFrom: goodFrom(hints, Math.max(...(value?.values.map(Number) ?? [Infinity]))),
      }),
      ...(position && {
        position: position.path,
        ...(position.values.includes('0') ? {} : { firstPosition: 1 }),
      }),
    },
    reasons: { user: user.why, item: item.why, time: time.why },
  };
}

function timeField({ column, time: { rule } }: Fields['time']): unknown {
  const { unit, format, zone } = rule;
  if (unit === 'iso' && zone === undefined) return column.path;
  return {
    field: column.path,
    unit,
    ...(format !== undefined && { format }),
    ...(zone !== undefined && { zone }),
  };
}

/** Rules that differ in the name of the event alone are one. */
function merged(rows: readonly GuessedRule[]): GuessedRule[] {
  const byShape = new Map<string, GuessedRule>();
  for (const rule of rows) {
    const shape = JSON.stringify([rule.is, rule.fields, Object.keys(rule.where ?? {})]);
    const before = byShape.get(shape);
    if (!before?.where || !rule.where) {
      byShape.set(shape, rule);
      continue;
    }
    const where = Object.fromEntries(
      Object.entries(before.where).map(([field, values]) => [
        field,
        [values, rule.where![field]!].flat(),
      ]),
    );
    const because = `${before.why.because}; ${rule.why.because}`;
    byShape.set(shape, { ...before, where, why: { ...before.why, because } });
  }
  return [...byShape.values()];
}

/** Note of a source that has feedback alone. */
export const nothingShown =
  'Nothing says what was shown: this feeds the history of users and what is popular, and no rate or off-policy estimate can be made of it.';

function notesOf(
  rows: readonly GuessedRule[],
  columns: readonly Column[],
  lists: boolean,
): string[] {
  const kinds = new Set(rows.map(({ is }) => is));
  const odds = columns.find(({ path }) => /propensity|pscore|probability/i.test(path));
  return [
    ...(kinds.has('impression') && !lists
      ? ['No list of items is in this log: a view counts as an impression of one item.']
      : []),
    ...(!kinds.has('impression') && kinds.size > 0 ? [nothingShown] : []),
    ...(odds
      ? [
          `${odds.path} may be a propensity. It is left out: name it as \`propensity\` only if it is the exact probability of the item at its position.`,
        ]
      : []),
  ];
}

/** Whether the values of a rule's feedback have a comma in them. */
function hasComma({ fields: { value } }: GuessedRule, columns: readonly Column[]): boolean {
  const path = typeof value === 'object' ? (value as { field: string }).field : value;
  const column = columns.find((one) => one.path === path);
  return column?.values.some((one) => one.includes(',')) ?? false;
}

function unclearRating({ is, fields }: GuessedRule): Unclear[] {
  if (is !== 'rating' || fields.positiveFrom !== undefined) return [];
  const says = 'from which value on is a rating good (positiveFrom)?';
  return [{ about: 'positiveFrom', says, options: [] }];
}

/** Usual thresholds: 4 of 5, 8 of 10. */
function goodFrom({ positiveFrom }: Hints, most: number): number | undefined {
  if (positiveFrom !== undefined) return Number(positiveFrom);
  if (most <= 5) return 4;
  return most <= 10 ? 8 : undefined;
}
