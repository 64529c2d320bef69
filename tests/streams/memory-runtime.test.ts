import { describe, expect, it } from '@jest/globals';
import { record, timestamp } from '../../schemas/avro.ts';
import { defineTopic } from '../../schemas/topic.ts';
import { deadLetters } from '../../schemas/topics/dead-letters.ts';
import { positions } from '../../schemas/topics/positions.ts';
import type { Faults } from '../../streams/engine/memory/reader.ts';
import { type MemoryOptions, MemoryRuntime } from '../../streams/engine/memory-runtime.ts';
import { type Context, on, type Stage } from '../../streams/engine/stage.ts';
import { defineStore } from '../../streams/engine/store.ts';
import { checked, topicsOf } from '../../streams/engine/topology.ts';

const schema = record('Visit', 'Somebody was here.', [
  { name: 'who', type: 'string' },
  { name: 'at', type: timestamp },
  { name: 'times', type: 'long' },
]);
const shape = {
  doc: 'Visits.',
  key: 'who',
  schema,
  keyOf: ({ who }: { who: string }) => who,
  timeOf: ({ at }: { at: number }) => at,
};
const visits = defineTopic({ name: 'visits', ...shape });
const counts = defineTopic({ name: 'counts', ...shape });
const present = defineTopic({ name: 'present', compacted: true, ...shape });

/** Counts the visits of each until nothing came of them for ten milliseconds. */
const store = defineStore({ name: 'present', changelog: present, expiresAt: ({ at }) => at + 10 });
const counting: Stage = {
  name: 'counting',
  doc: 'Counts visits.',
  steps: ['count'],
  inputs: [visits],
  outputs: [counts],
  stores: [store],
  commitEveryMs: 0,
  flushOn: [],
  tables: [],
  create: () => ({
    advance: (context: Context) => {
      const state = context.store(store);
      for (const [who, visit] of state.expire(context.streamTime)) {
        context.emit(counts, visit);
        state.delete(who);
      }
    },
    handlers: [
      on(visits, ({ who, at }, context) => {
        const times = (context.store(store).get(who)?.times ?? 0) + 1;
        context.store(store).put(who, { who, at, times });
      }),
    ],
  }),
};
const topology = { stages: [counting], enrichers: [] };

function run(options: MemoryOptions = {}, times = [1, 2, 3, 20, 21, 40]): MemoryRuntime {
  const runtime = new MemoryRuntime(topology, options);
  for (const at of times) runtime.send(visits, { who: 'me', at, times: 0 });
  runtime.drain();
  return runtime;
}

describe('the runtime in memory', () => {
  it('takes a topology with topics of its own', () => {
    expect(topicsOf(topology)).toEqual([visits, counts, present, deadLetters, positions]);
    expect(checked(topology)).toBe(topology);
    expect(
      run()
        .events(counts)
        .map(({ times }) => times),
    ).toEqual([3, 2]);
  });

  it('writes what a broker would get: one change a key and transaction, deletions as nulls', () => {
    const written = (commitEvery: number) =>
      run({ commitEvery }, [1, 2, 3, 20])
        .records(present)
        .flat()
        .map(({ at, bytes }) => [at, bytes !== null]);
    expect(written(1)).toEqual([
      [1, true],
      [2, true],
      [3, true],
      [20, true],
    ]);
    expect(written(100)).toEqual([[20, true]]);
    const two = new MemoryRuntime(topology);
    for (const [who, at] of [
      ['you', 1],
      ['me', 20],
    ] as const)
      two.send(visits, { who, at, times: 0 });
    two.drain();
    const [log] = two.records(present);
    expect(log!.map(({ key, at, bytes }) => [key, at, bytes !== null])).toEqual([
      ['you', 1, true],
      ['you', 20, false],
      ['me', 20, true],
    ]);
    expect(two.events(present)).toHaveLength(2);
  });

  it.each(['rollback', 'abort', 'restart', 'restart-committed'] as const)(
    'gives the same after a %s, whenever it comes',
    (fault) => {
      const undisturbed = run();
      for (let when = 0; when < 12; when++) {
        let asked = 0;
        let struck = 0;
        const faults: Faults = () => {
          if (asked++ !== when) return undefined;
          struck++;
          return fault;
        };
        for (const commitDelay of [0, 1]) {
          asked = 0;
          const disturbed = run({ commitEvery: 2, commitDelay, faults });
          expect(disturbed.records(counts)).toEqual(undisturbed.records(counts));
          disturbed.restart();
          const entries = [...disturbed.task('counting').stateOf(store).entries()];
          expect(entries).toEqual([['me', { who: 'me', at: 40, times: 1 }]]);
        }
        if (when < 6) expect(struck).toBe(2);
      }
    },
  );

  it('goes on from the stream time of the last commit, not from the beginning of time', () => {
    const runtime = run({}, [30]);
    runtime.restart();
    expect(runtime.task('counting').streamTime).toBe(30);
  });
});
