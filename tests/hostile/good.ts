// The good log of the suite, and the topology that it goes through: every stage, and policies of every kind.

import type { AnyTopic } from '../../schemas/topic.ts';
import { clicks } from '../../schemas/topics/clicks.ts';
import { itemVectors } from '../../schemas/topics/item-vectors.ts';
import { items } from '../../schemas/topics/items.ts';
import { MemoryRuntime } from '../../streams/engine/memory-runtime.ts';
import type { Topology } from '../../streams/engine/topology.ts';
import { serveDefaults } from '../../streams/serve/stage.ts';
import { mainTopology } from '../../streams/topology.ts';
import { makeHistory } from '../support/history-input.ts';
import type { Victims } from './absurd.ts';

export interface GoodEvent {
  readonly topic: AnyTopic;
  readonly event: unknown;
}

/** Policies of every family; one of them serves, and one that needs no snapshot. */
const policies = [
  'uniform',
  'millrace',
  'means',
  'lin-ucb',
  'dpo',
  'top-k',
  'doubly-robust',
  'ppo',
];

const variants = policies.map((policy) => ({
  name: policy,
  policy,
  share: policy === 'uniform' ? 1 : 0,
  exploration: { temperature: 1, floor: 0.05 },
}));

/**
 * The main topology. When a snapshot or a vector comes to a decision differs from run to run, so there is
 * none before the end: every output is then a function of the log.
 */
export const goodTopology = (): Topology =>
  mainTopology({
    serve: { ...serveDefaults, variants },
    learn: { snapshotEvery: 1e9, snapshotEveryServed: 1e9 },
  });

/** @param slates slates of the log; a third of them is served here */
export function goodLog(seed: number, slates: number): readonly GoodEvent[] {
  const runtime = new MemoryRuntime(goodTopology());
  const size = { slates, users: 40, items: 120, partitions: 1 };
  return makeHistory(runtime, seed, size).flatMap((move) =>
    move === 'drain' || move.topic === itemVectors ? [] : [move],
  );
}

export const usersOf = (log: readonly GoodEvent[]): ReadonlySet<string> =>
  new Set(log.flatMap(({ event }) => (event as { userId?: string }).userId ?? []));

export function victimsOf(log: readonly GoodEvent[]): Victims {
  const named = (topic: AnyTopic, field: string) =>
    log.flatMap((one) =>
      one.topic === topic ? [(one.event as Record<string, string>)[field]!] : [],
    );
  const times = log.map(({ topic, event }) => topic.timeOf(event));
  return {
    users: [...new Set(named(clicks, 'userId'))],
    items: [...new Set(named(items, 'itemId'))],
    at: times.find((at) => at > 0)!,
    latest: Math.max(...times),
  };
}

/** The absurd ones lie between the good ones, evenly, and the good ones keep their order. */
export function* between<A, B>(good: readonly A[], count: number, next: () => B): Generator<A | B> {
  let made = 0;
  for (const [i, one] of good.entries()) {
    for (; made < (count * i) / good.length; made++) yield next();
    yield one;
  }
  for (; made < count; made++) yield next();
}
