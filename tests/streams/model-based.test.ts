// Random topologies, events, transactions and faults against a naive reference. A failure prints its
// seed and path: give both to `fc.assert` to see it again.
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type Plan, plan } from './model/plan.ts';
import { expectedOf } from './model/reference.ts';
import { play } from './model/run.ts';

const cases = 300;

const bySort = <V>(map: ReadonlyMap<string, V>) => [...map].sort(([a], [b]) => (a < b ? -1 : 1));

function agrees(drawn: Plan): void {
  play(drawn, (after, shown) => {
    const sent = after === 'restarted' ? drawn.batches : drawn.batches.slice(0, after + 1);
    const expected = expectedOf({ ...drawn, batches: sent });
    expect(shown.outputs).toEqual(expected.outputs);
    for (const [store, entries] of expected.stores) {
      expect([store, bySort(shown.stores.get(store)!)]).toEqual([store, bySort(entries)]);
      // What is gone from the store is gone from the changelog, or a restart would bring it back.
      expect([store, shown.changelogs.get(store)]).toEqual([store, new Set(entries.keys())]);
    }
    expect(shown.stores.size).toBe(expected.stores.size);
  });
}

describe('a random topology', () => {
  it('gives what sorting all events by time gives, whatever befalls its transactions', () => {
    fc.assert(fc.property(plan, agrees), { numRuns: cases });
  });
});
