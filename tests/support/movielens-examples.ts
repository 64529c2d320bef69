// MovieLens ratings as the examples the pipeline makes of them, for tests of what is learned.

import { existsSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { newUser } from '../../models/user/track.ts';
import type { Example } from '../../schemas/topics/examples.ts';
import type { UserState } from '../../schemas/topics/user-state.ts';

const SESSION_GAP = 30 * 60;
const SLATE = 10;
const RECENT = 50;

interface Row {
  user: string;
  item: string;
  value: number;
  seconds: number;
}

/** The shipped log, or the official files where MILLRACE_DATA says; null when there is neither. */
export function movielensFolder(): string | null {
  const own = new URL('../../data/movielens-small/', import.meta.url).pathname;
  const shared = new URL('../../../shared/data/movielens-small/', import.meta.url).pathname;
  const named = process.env.MILLRACE_DATA ? `${process.env.MILLRACE_DATA}/movielens-small/` : own;
  return [own, named, shared].find((folder) => readable(`${folder}ratings.csv`)) ?? null;
}

/** Slates of up to 10 ratings less than 30 minutes apart, in the order in which they end. */
export function movielensExamples(folder: string, ratings = Number.POSITIVE_INFINITY): Example[] {
  const groups = readGroups(`${folder}movies.csv`);
  const states = new Map<string, UserState>();
  const open = new Map<string, { rows: Row[]; end: number }>();
  const slates: { rows: Row[]; end: number }[] = [];
  const examples: Example[] = [];
  const close = (rows: Row[]) => {
    const { user, seconds } = rows[0]!;
    const state = states.get(user) ?? newUser(user);
    states.set(user, after(state, rows, groups));
    examples.push(toExample(examples.length, state, seconds * 1000, rows, groups));
  };
  for (const [end, row] of readRatings(`${folder}ratings.csv`).slice(0, ratings).entries()) {
    let slate = open.get(row.user);
    const last = slate?.rows.at(-1);
    if (
      !slate ||
      !last ||
      row.seconds - last.seconds >= SESSION_GAP ||
      slate.rows.length >= SLATE
    ) {
      slate = { rows: [], end };
      slates.push(slate);
      open.set(row.user, slate);
    }
    slate.rows.push(row);
    slate.end = end;
  }
  for (const { rows } of slates.sort((a, b) => a.end - b.end)) close(rows);
  return examples;
}

function after(state: UserState, rows: Row[], groups: Map<string, string[]>): UserState {
  const tastes = new Map(state.groups.map((taste) => [taste.group, { ...taste }]));
  let { positives, valueSum } = state;
  for (const { item, value } of rows) {
    const positive = value >= 4 ? 1 : 0;
    positives += positive;
    valueSum += value;
    for (const group of groups.get(item) ?? []) {
      const taste = tastes.get(group) ?? { group, feedbacks: 0, positives: 0, valueSum: 0 };
      taste.feedbacks += 1;
      taste.positives += positive;
      taste.valueSum += value;
      tastes.set(group, taste);
    }
  }
  const recent = rows.map(({ item, seconds, value }) => ({
    itemId: item,
    at: seconds * 1000,
    positive: value >= 4,
    value,
  }));
  return {
    ...state,
    at: rows.at(-1)!.seconds * 1000,
    feedbacks: state.feedbacks + rows.length,
    positives,
    valueSum,
    impressions: state.impressions + 1,
    recent: [...state.recent, ...recent].slice(-RECENT),
    groups: [...tastes.values()],
  };
}

function toExample(
  index: number,
  state: UserState,
  at: number,
  rows: Row[],
  groups: Map<string, string[]>,
): Example {
  return {
    impressionId: `slate-${index}`,
    userId: state.userId,
    at,
    closedAt: rows.at(-1)!.seconds * 1000,
    origin: 'logged',
    source: 'logged',
    confidence: 1,
    policy: 'log',
    version: 0,
    tier: 'foreign',
    variant: '',
    propensitySource: 'estimated',
    candidateCount: rows.length,
    items: rows.map(({ item, value }, position) => ({
      itemId: item,
      position,
      score: 0,
      propensity: 1 / rows.length,
      similarity: null,
      intent: null,
      shadows: [],
      features: [],
      groups: groups.get(item) ?? [],
      positive: value >= 4,
      reward: value,
    })),
    state,
    variants: [],
    shadowSlates: [],
    space: '',
    profile: [],
    unshown: [],
    simulatorView: null,
  };
}

function readable(path: string): boolean {
  return existsSync(path) || existsSync(`${path}.gz`);
}

function readText(path: string): string {
  return existsSync(path)
    ? readFileSync(path, 'utf8')
    : gunzipSync(readFileSync(`${path}.gz`)).toString('utf8');
}

function readRatings(path: string): Row[] {
  const rows = readText(path)
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => {
      const [user, item, value, seconds] = line.trim().split(',');
      return { user: user!, item: item!, value: Number(value), seconds: Number(seconds) };
    });
  return rows.sort(
    (a, b) =>
      a.seconds - b.seconds || Number(a.user) - Number(b.user) || Number(a.item) - Number(b.item),
  );
}

function readGroups(path: string): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const line of readText(path).trim().split('\n').slice(1)) {
    const item = line.slice(0, line.indexOf(','));
    const genres = line.trim().slice(line.lastIndexOf(',') + 1);
    groups.set(item, genres === '(no genres listed)' ? [] : genres.split('|'));
  }
  return groups;
}
