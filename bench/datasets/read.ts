// In a process of its own: reads a log whole, as a replay does, and says what was in it, how fast, and how much
// memory it took.
import { join } from 'node:path';
import type { Dataset } from '../../datasets/dataset.ts';
import { datasets } from '../../datasets/index.ts';
import { told } from '../support/child.ts';

/** What a process is told. */
export interface Asked {
  readonly name: string;
  readonly folder: string;
  readonly scratch: string;
}

/** What it answers. */
export interface ReadLog {
  readonly name: string;
  /** Rows of the log, those that cannot be used among them. */
  readonly rows: number;
  readonly impressions: number;
  readonly shown: number;
  readonly feedback: number;
  readonly sessions: number;
  readonly items: number;
  readonly users: number;
  /** Slates by where their propensities come from. */
  readonly propensities: Readonly<Record<string, number>>;
  readonly first: string;
  readonly last: string;
  /** Dead letters by code and file: how many, how many of them rows of the log, and the first reason. */
  readonly dead: readonly {
    readonly code: string;
    readonly origin: string;
    readonly n: number;
    readonly rows: number;
    readonly reason: string;
  }[];
  /** Rows that the steps count, which are all rows of the log. */
  readonly counted: number;
  readonly seconds: number;
  /** Largest resident memory of the process, MB. */
  readonly peakMb: number;
}

const { name, folder, scratch } = told() as Asked;
const dataset: Dataset = datasets[name as keyof typeof datasets];
const started = performance.now();
let [items, users] = [0, 0];
for await (const _item of dataset.items(folder)) items += 1;
if (dataset.users) for await (const _user of dataset.users(folder)) users += 1;
const counts = { impression: 0, click: 0, request: 0, session: 0, dead: 0, end: 0 };
const propensities: Record<string, number> = {};
const dead = new Map<string, ReadLog['dead'][number]>();
let [shown, counted] = [0, 0];
let [first, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
await using log = await dataset.open(folder, { scratch: join(scratch, 'rows') });
for await (const step of log.steps()) {
  counts[step.kind] += 1;
  if ('rows' in step) counted += step.rows;
  if (step.kind === 'impression') {
    const { propensitySource, items: slate } = step.impression;
    shown += slate.length;
    propensities[propensitySource] = (propensities[propensitySource] ?? 0) + 1;
    if (step.at < first) first = step.at;
    if (step.at > last) last = step.at;
  } else if (step.kind === 'dead') {
    const { code, origin, reason } = step.deadLetter;
    const key = `${code} ${origin}`;
    const known = dead.get(key) ?? { code, origin, n: 0, rows: 0, reason };
    dead.set(key, { ...known, n: known.n + 1, rows: known.rows + step.rows });
  }
}
const seconds = (performance.now() - started) / 1000;
const answer: ReadLog = {
  ...{ name, rows: log.rows, impressions: counts.impression, shown, feedback: counts.click },
  ...{ sessions: counts.session, items, users, propensities, counted, seconds },
  first: new Date(first).toISOString(),
  last: new Date(last).toISOString(),
  dead: [...dead.values()],
  peakMb: process.resourceUsage().maxRSS / 1024,
};
process.send!(answer);
process.disconnect();
