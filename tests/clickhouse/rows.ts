// Rows as ClickHouse stores them, with everything a test does not care about filled in.
import type { Warehouse } from '../../infra/clickhouse/warehouse.ts';

type Row = Record<string, unknown>;
let offset = 0;
const next = () => ({ _partition: 0, _offset: offset++ });

export async function insert(warehouse: Warehouse, table: string, rows: Row[]): Promise<void> {
  await warehouse.client.insert({ table, values: rows, format: 'JSONEachRow' });
}

export interface ShownSlate {
  impressionId: string;
  at: string;
  userId?: string;
  variant?: string;
  tier?: string;
  latencyMs?: number;
  variants?: string[];
  servedBy?: string;
  /** Columns of the rules that the slate was in the scope of. @default none */
  rules?: Row;
  /** Item, logged propensity, propensity under each variant; what rules took away. @default 0 */
  shown: [item: string, propensity: number, targetPropensities: number[], barred?: number][];
}

export const impression = ({ shown, rules = {}, ...rest }: ShownSlate): Row => ({
  userId: 'u1',
  servedBy: 'served',
  policy: 'p',
  version: 1,
  tier: 'fast',
  variant: '',
  seed: 1,
  candidateCount: 100,
  propensitySource: 'drawn',
  slateLogProb: -1,
  variants: [],
  missing: [],
  latencyMs: 0,
  'items.itemId': shown.map(([item]) => item),
  'items.position': shown.map((_, position) => position),
  'items.score': shown.map(() => 0),
  'items.propensity': shown.map(([, propensity]) => propensity),
  'items.targetPropensities': shown.map(([, , targetPropensities]) => targetPropensities),
  'items.similarity': shown.map(() => null),
  'items.intent': shown.map(() => null),
  'items.barred': shown.map(([, , , barred = 0]) => barred),
  ...next(),
  ...rules,
  ...rest,
});

export const reward = (
  impressionId: string,
  itemId: string,
  positive = true,
  rest: Row = {},
): Row => ({
  clickId: `click-${offset}`,
  impressionId,
  userId: 'u1',
  itemId,
  position: 0,
  at: '2020-01-10 00:00:00.000',
  policy: 'p',
  variant: '',
  positive,
  value: 1,
  source: 'logged',
  confidence: 1,
  ...next(),
  ...rest,
});

export const item = (itemId: string, title: string, groups: string[] = []): Row => ({
  itemId,
  title,
  at: '2020-01-01 00:00:00.000',
  text: '',
  groups,
  attributes: {},
  _key: itemId,
  ...next(),
});

export interface Predicted {
  impressionId: string;
  at: string;
  models: string[];
  source?: string;
  /** Clicked, then the probability by model. */
  items: [positive: boolean, p: number[]][];
  /** Rank by model, of each liked item. */
  ranks?: number[][];
  ties?: number[][];
  /** Expected by the policy, where it is known. */
  values?: readonly (number | null)[];
}

export const prediction = ({ items, ranks = [], ties = [], values, ...rest }: Predicted): Row => ({
  userId: 'u1',
  version: 0,
  source: 'logged',
  'items.itemId': items.map((_, index) => `item-${index}`),
  'items.positive': items.map(([positive]) => positive),
  'items.reward': items.map(([positive]) => Number(positive)),
  'items.p': items.map(([, p]) => p),
  'items.value': items.map((_, index) => values?.[index] ?? null),
  'items.source': items.map(() => null),
  'ranks.itemId': ranks.map((_, index) => `item-${index}`),
  'ranks.candidates': ranks.map(() => 20),
  'ranks.rank': ranks,
  ties,
  ...next(),
  ...rest,
});

export const example = (impressionId: string, size: number, servedBy = 'logged'): Row => {
  const each = <T>(value: T) => Array.from({ length: size }, () => value);
  return {
    impressionId,
    userId: 'u1',
    at: '2020-01-10 00:00:00.000',
    closedAt: '2020-01-10 00:30:00.000',
    servedBy,
    source: 'logged',
    confidence: 1,
    policy: 'log',
    version: 0,
    tier: 'foreign',
    variant: '',
    propensitySource: 'estimated',
    candidateCount: 10,
    'items.itemId': each('x').map((name, index) => `${name}${index}`),
    'items.position': each(0).map((_, index) => index),
    'items.score': each(0),
    'items.propensity': each(0.1),
    'items.similarity': each(null),
    'items.intent': each(null),
    'items.targetPropensities': each([]),
    'items.features': each([]),
    'items.barred': each(0),
    'items.groups': each([]),
    'items.positive': each(false),
    'items.reward': each(0),
    'items.source': each(null),
    'items.confidence': each(null),
    ...next(),
  };
};

export const replay = (replayId: string, events: number, wrote: Row = {}): Row => ({
  replayId,
  events,
  ...wrote,
  steps: events,
  at: '2020-01-10 00:00:00.000',
  done: false,
  ...next(),
});

export const deadLetter = (origin: string, code: string, at = '2020-01-10 00:00:00.000'): Row => ({
  at,
  origin,
  code,
  partition: null,
  offset: null,
  line: 7,
  reason: '',
  key: null,
  data: '',
  ...next(),
});
