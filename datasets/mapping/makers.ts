// One maker for each kind of row: from the fields of a rule to events.
import { createHash } from 'node:crypto';
import { loggedClick, loggedImpression } from '../../schemas/logged-events.ts';
import type { Item } from '../../schemas/topics/items.ts';
import { Given } from './given.ts';
import type { MappedEvent } from './mapped.ts';
import { RefusedRow } from './refusal.ts';
import type { Row } from './row.ts';
import type { RowRule, Source } from './shape.ts';

type Maker = (row: Row) => readonly MappedEvent[];

export function makerOf(source: Source, rule: RowRule): Maker {
  const given = new Given(source, rule);
  switch (rule.is) {
    case 'ignored':
      return () => [];
    case 'item':
      return (row) => itemsOf(given, row);
    case 'deleted-item':
      return (row) =>
        given.items(row).map((itemId) => ({
          kind: 'deleted-item' as const,
          itemId,
          at: given.time(row) ?? 0,
        }));
    case 'impression':
      return (row) => [impressionOf(source, given, row)];
    case 'request':
      return (row) => [requestOf(source, given, row)];
    default:
      return (row) => feedbackOf(source, rule, given, row);
  }
}

function itemsOf(given: Given, row: Row): MappedEvent[] {
  const at = given.time(row) ?? 0;
  return given.items(row).map((itemId, i) => {
    const title = given.text('title', row, i).trim() || itemId;
    const groups = given.groups(row, i);
    const text =
      given.text('text', row, i).trim() ||
      (groups.length > 0 ? `${title}, ${groups.join(', ')}` : title);
    const attributes = given.attributes(row, i);
    const event: Item = { itemId, at, title, text, groups, attributes };
    return { kind: 'item', event };
  });
}

function impressionOf({ name }: Source, given: Given, row: Row): MappedEvent {
  const userId = given.user(row);
  const at = given.time(row)!;
  const itemIds = given.items(row);
  const candidates = given.candidates(row);
  const known = typeof candidates === 'number' ? candidates : candidates?.length;
  const candidateCount = Math.max(known ?? 0, itemIds.length);
  const propensities = given.numbers('propensity', row, itemIds.length);
  const places = given.numbers('position', row, itemIds.length);
  for (const propensity of propensities ?? []) {
    if (propensity > 0 && propensity <= 1) continue;
    const what = `${propensity} is no probability of something that happened`;
    throw new RefusedRow({ code: 'number-invalid', what, field: given.nameOf('propensity') });
  }
  const shown = itemIds.map((itemId, i) => ({
    itemId,
    place: places?.[i] ?? i,
    propensity: propensities?.[i] ?? 1 / candidateCount,
  }));
  // A stable sort: equal positions stay in the order of the log.
  shown.sort((a, b) => a.place - b.place);
  const event = loggedImpression(
    {
      impressionId: given.id(row) ?? derivedId(name, 'impression', userId, at, ...itemIds),
      userId,
      at,
      candidateCount,
      propensitySource: propensities ? 'drawn' : 'estimated',
      slateLogProb: shown.reduce((sum, { propensity }) => sum + Math.log(propensity), 0),
    },
    shown.map(({ itemId, propensity, place }, i) => ({
      itemId,
      propensity,
      score: Math.log(propensity),
      position: shown.length === 1 ? place : i,
    })),
  );
  return { kind: 'impression', event };
}

function requestOf({ name }: Source, given: Given, row: Row): MappedEvent {
  const userId = given.user(row);
  const at = given.time(row)!;
  const candidates = given.candidates(row);
  const event = {
    requestId: given.id(row) ?? derivedId(name, 'request', userId, at),
    userId,
    at,
    k: given.k(row),
    surface: given.text('surface', row, 0),
    candidates: typeof candidates === 'object' ? [...candidates] : null,
    said: null,
    context: null,
  };
  return { kind: 'request', event };
}

function feedbackOf({ name }: Source, rule: RowRule, given: Given, row: Row): MappedEvent[] {
  const kind = rule.is as Parameters<typeof loggedClick>[0]['kind'] & string;
  const userId = given.user(row);
  const at = given.time(row)!;
  const itemIds = given.items(row);
  const values = given.values(row, itemIds.length);
  const own = given.id(row);
  return itemIds.map((itemId, i) => {
    const value = values[i]!;
    const ending = itemIds.length === 1 ? [] : [i];
    const clickId =
      own === undefined
        ? derivedId(name, kind, userId, at, itemId, ...ending)
        : shortId([name, kind, own, ...ending].join('-'));
    return {
      kind: 'click',
      event: loggedClick({
        clickId,
        impressionId: given.impression(row, i),
        userId,
        itemId,
        at,
        kind,
        positive: rule.positiveFrom === undefined || value >= rule.positiveFrom,
        value,
      }),
    };
  });
}

/** An id that the same facts always have: what is imported twice has one id. */
function derivedId(source: string, kind: string, ...facts: readonly (string | number)[]): string {
  return `${source}-${kind}-${hashOf(JSON.stringify(facts))}`;
}

/** An id that a record may have, however long its parts are. */
function shortId(text: string): string {
  return text.length <= 512 ? text : `${text.slice(0, 128)}-${hashOf(text)}`;
}

const hashOf = (text: string) => createHash('sha256').update(text).digest('base64url').slice(0, 24);
