// A request may name items that nobody knows: they are left out of the slate, and the slate says so.
import { expect, it } from '@jest/globals';
import { requestOf } from '../../schemas/request-border.ts';
import { impressions } from '../../schemas/topics/impressions.ts';
import { items } from '../../schemas/topics/items.ts';
import { requests } from '../../schemas/topics/requests.ts';
import { MemoryRuntime } from '../../streams/engine/memory-runtime.ts';
import { mainTopology } from '../../streams/topology.ts';
import { impressionOf, itemOf } from '../support/events.ts';

/** The slate for a request that names candidates, and what it says was missing. */
function slateOf(candidates: string[], before: (runtime: MemoryRuntime) => void) {
  const runtime = new MemoryRuntime(
    mainTopology({ learn: { snapshotEvery: 1, snapshotEveryServed: 1 } }),
  );
  before(runtime);
  runtime.drain();
  const request = requestOf({ requestId: 'r', userId: 'u', at: 10_000_000, k: 5, candidates });
  runtime.send(requests, request);
  runtime.drain();
  const slate = runtime.events(impressions).find(({ requestId }) => requestId === 'r')!;
  return {
    shown: slate.items.map(({ itemId }) => itemId).sort(),
    missing: slate.missing.includes('candidates'),
  };
}

const catalogue = (runtime: MemoryRuntime) => {
  for (const id of ['a', 'b']) runtime.send(items, itemOf(id));
};

it('leaves out what is in no catalogue', () => {
  expect(slateOf(['a', 'x', 'b', 'a'], catalogue)).toEqual({ shown: ['a', 'b'], missing: true });
  expect(slateOf(['a', 'b', 'b'], catalogue)).toEqual({ shown: ['a', 'b'], missing: false });
  expect(slateOf(['x', 'y'], catalogue)).toEqual({ shown: [], missing: true });
});

it('takes what was shown before, though the catalogue lacks it', () => {
  const shownBefore = (runtime: MemoryRuntime) => {
    catalogue(runtime);
    runtime.send(impressions, impressionOf('i', 'v', 0, ['x']));
    runtime.send(impressions, impressionOf('j', 'v', 4_000_000, ['a']));
    runtime.send(impressions, impressionOf('k', 'v', 8_000_000, ['a']));
  };
  expect(slateOf(['a', 'x', 'y'], shownBefore)).toEqual({ shown: ['a', 'x'], missing: true });
});

it('takes anything where there is no catalogue', () => {
  expect(slateOf(['x', 'y'], () => {})).toEqual({ shown: ['x', 'y'], missing: false });
});
