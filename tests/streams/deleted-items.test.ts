// An item that is deleted is nowhere: in no slate, by whatever retriever, and in no table of vectors. It can
// come back.
import { describe, expect, it } from '@jest/globals';
import { Basis } from '../../models/llm/basis.ts';
import { normal } from '../../models/normal.ts';
import { Random } from '../../models/random.ts';
import { topics } from '../../schemas/index.ts';
import { requestOf } from '../../schemas/request-border.ts';
import { clicks } from '../../schemas/topics/clicks.ts';
import { impressions } from '../../schemas/topics/impressions.ts';
import { itemVectors } from '../../schemas/topics/item-vectors.ts';
import { items } from '../../schemas/topics/items.ts';
import { requests } from '../../schemas/topics/requests.ts';
import { MemoryRuntime } from '../../streams/engine/memory-runtime.ts';
import { vectorsTable } from '../../streams/tables/vectors.ts';
import { mainTopology } from '../../streams/topology.ts';
import { clickOf, impressionOf, itemOf } from '../support/events.ts';

const ids = Array.from({ length: 30 }, (_, i) => `x${i}`);
const random = new Random(1);
const vectors = ids.map((itemId) => ({
  ...{ hash: `hash-${itemId}`, itemId, at: 1, model: 'm', roles: [] },
  vector: Array.from({ length: 8 }, () => normal(random)),
}));

/** Everything that can bring an item into a slate: catalogue, vectors, likes of others and of the user. */
function world(): MemoryRuntime {
  const runtime = new MemoryRuntime(mainTopology(), { topics });
  for (const itemId of ids) runtime.send(items, itemOf(itemId));
  for (const vector of vectors) runtime.send(itemVectors, vector);
  for (let i = 0; i < 6; i++) {
    runtime.send(impressions, impressionOf(`i${i}`, `u${i}`, 100 + i, ['x3']));
    runtime.send(clicks, clickOf(`c${i}`, `i${i}`, `u${i}`, 'x3', 110 + i));
  }
  runtime.send(impressions, impressionOf('mine', 'me', 120, ['x4']));
  runtime.send(clicks, clickOf('liked', 'mine', 'me', 'x4', 121));
  runtime.drain();
  return runtime;
}

/** Items of the slate that somebody gets. */
function slate(runtime: MemoryRuntime, at: number, candidates?: string[], k = ids.length) {
  const named = candidates && { candidates };
  const request = { requestId: `r${at}`, userId: 'me', at, k, surface: 'test', ...named };
  runtime.send(requests, requestOf(request));
  runtime.drain();
  const shown = runtime.events(impressions).find(({ requestId }) => requestId === `r${at}`);
  return shown?.items.map(({ itemId }) => itemId) ?? [];
}

describe('an item that is deleted', () => {
  it('is in no slate, and in one again once it is back', () => {
    const runtime = world();
    expect(slate(runtime, 200)).toContain('x3');
    expect(slate(runtime, 201, ['x3', 'x5'])).toContain('x3');
    runtime.tables.apply(items, 'x3', null);
    expect(slate(runtime, 300)).not.toContain('x3');
    expect(slate(runtime, 301, ['x3', 'x5'])).toEqual(['x5']);
    expect(slate(runtime, 302, ['x3'])).toEqual([]);
    runtime.tables.apply(items, 'x3', itemOf('x3'));
    expect(slate(runtime, 400)).toContain('x3');
    expect(slate(runtime, 401, ['x3', 'x5'])).toContain('x3');
  });

  it('is in no vectors, whichever of its vector and its deletion came first', () => {
    const table = world().tables.of(vectorsTable);
    const basis = Basis.fit(
      vectors.map(({ vector }) => vector),
      4,
    );
    const of = table.by('m');
    const profile = of.profile(['x4']);
    const seen = () => ({
      has: of.has('x3'),
      near: of.nearest(profile, ids.length).includes('x3'),
      similarity: of.similarity(profile, 'x3') !== null,
      profile: of.profile(['x3']) !== null,
      space: of.in(basis)?.of('x3') !== undefined,
    });
    const all = { has: true, near: true, similarity: true, profile: true, space: true };
    const none = { has: false, near: false, similarity: false, profile: false, space: false };
    expect(seen()).toEqual(all);
    table.delete('x3');
    expect(seen()).toEqual(none);
    // As many as are asked for, in spite of it.
    expect(of.nearest(profile, 5)).toHaveLength(5);
    expect(of.nearest(profile, ids.length)).toHaveLength(ids.length - 1);
    table.take(vectors[3]!);
    expect(seen()).toEqual(none);
    table.restore('x3');
    expect(seen()).toEqual(all);
  });
});
