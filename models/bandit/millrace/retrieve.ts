// Candidates worth scoring, from retrievers that err in different ways.

import type { UserState } from '../../../schemas/topics/user-state.ts';
import { type Retriever, retrieverTurns } from '../../learner.ts';
import { Random } from '../../random.ts';
import type { NextItem } from '../../sequence/next-item.ts';
import type { Statistics } from './statistics.ts';

/** Number of recent likes whose neighbours are looked up. */
const LOOK_BACK = 20;

/** Up to `n` items that are not among the user's recent ones; the retrievers take turns. */
export function retrieve(
  state: UserState,
  n: number,
  seed: number,
  statistics: Statistics,
  next: NextItem,
  turns: readonly Retriever[] = retrieverTurns,
): string[] {
  const { items } = statistics;
  const taken = new Set(state.recent.map(({ itemId }) => items.find(itemId)));
  const excluded = taken.size - (taken.has(-1) ? 1 : 0);
  const wanted = Math.min(n, items.size - excluded);
  const likes = state.recent
    .filter(({ positive }) => positive)
    .slice(-LOOK_BACK)
    .map(({ itemId }) => items.find(itemId))
    .filter((item) => item >= 0);
  const random = new Random(seed);
  const need = wanted + taken.size;
  const queues = {
    near: next.near(likes).values(),
    popular: next.byDecayedCount(),
    fresh: freshest(items.size),
    random: draws(random, items.size, need),
  };
  const chosen: string[] = [];
  for (let turn = 0, idle = 0; chosen.length < wanted && idle < turns.length; turn++) {
    const item = firstNew(queues[turns[turn % turns.length]!], taken);
    idle = item === undefined ? idle + 1 : 0;
    if (item !== undefined) chosen.push(items.name(item));
  }
  return chosen;
}

function firstNew(queue: Iterator<number>, taken: Set<number>): number | undefined {
  for (let next = queue.next(); !next.done; next = queue.next()) {
    if (taken.has(next.value)) continue;
    taken.add(next.value);
    return next.value;
  }
  return undefined;
}

/** All items, the newest first: items are numbered as they appear. */
function* freshest(size: number): Generator<number> {
  for (let item = size - 1; item >= 0; item--) yield item;
}

function* draws(random: Random, size: number, n: number): Generator<number> {
  for (let i = 0; i < n * 4; i++) yield random.below(size);
}
