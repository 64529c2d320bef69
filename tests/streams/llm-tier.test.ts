// The language model's tier: vectors arrive, examples carry them, a head is aligned and serves.
import { describe, expect, it } from '@jest/globals';
import { normal } from '../../models/normal.ts';
import { learningPolicies } from '../../models/policies.ts';
import { hash32, Random } from '../../models/random.ts';
import { requestOf } from '../../schemas/request-border.ts';
import { clicks } from '../../schemas/topics/clicks.ts';
import { examples } from '../../schemas/topics/examples.ts';
import { impressions } from '../../schemas/topics/impressions.ts';
import { itemVectors } from '../../schemas/topics/item-vectors.ts';
import { items } from '../../schemas/topics/items.ts';
import { requests } from '../../schemas/topics/requests.ts';
import { snapshots } from '../../schemas/topics/snapshots.ts';
import { MemoryRuntime } from '../../streams/engine/memory-runtime.ts';
import { snapshotTable } from '../../streams/engine/snapshot-table.ts';
import { serveDefaults } from '../../streams/serve/stage.ts';
import { mainTopology } from '../../streams/topology.ts';
import { clickOf, impressionOf, itemOf } from '../support/events.ts';

const HOUR = 3_600_000;
const ids = Array.from({ length: 140 }, (_, i) => `item-${i}`);
/** Items are of two kinds; a user likes one kind, and vectors tell the kinds apart by one direction of many. */
const kindOf = (id: string) => hash32(id) % 2;
const vectorOf = (id: string) => {
  const random = new Random(hash32(id, 9));
  return Array.from({ length: 64 }, (_, d) => normal(random) + (d === 5 ? 4 * kindOf(id) : 0));
};
const variants = [
  { name: 'llm', policy: 'llm', share: 1, exploration: { temperature: 0.3, floor: 0.05 } },
] as const;

/** Logged slates of chance, then requests answered by taste. */
function run({ withVectors = true, restarts = false } = {}) {
  const runtime = new MemoryRuntime(
    mainTopology({
      serve: { ...serveDefaults, attributionWindowMs: HOUR, servedWindowMs: HOUR, variants },
      learn: { snapshotEvery: 50, snapshotEveryServed: 50 },
    }),
  );
  for (const id of ids) runtime.send(items, itemOf(id));
  for (const id of withVectors ? ids : []) {
    const vector = vectorOf(id);
    runtime.send(itemVectors, { hash: id, itemId: id, at: 0, model: 'm', vector, roles: [] });
  }
  const random = new Random(4);
  const click = (impressionId: string, userId: string, at: number, shown: readonly string[]) => {
    for (const id of shown) {
      if (kindOf(id) !== hash32(userId) % 2) continue;
      runtime.send(clicks, clickOf(`${impressionId}-${id}`, impressionId, userId, id, at + 1));
    }
  };
  for (let n = 0; n < 900; n++) {
    const userId = `u${n % 30}`;
    const at = n * HOUR * 2;
    const shown = [...new Set(Array.from({ length: 6 }, () => ids[random.below(ids.length)]!))];
    runtime.send(impressions, impressionOf(`logged-${n}`, userId, at, shown));
    click(`logged-${n}`, userId, at, shown);
    if (n % 100 > 0) continue;
    runtime.drain();
    if (restarts) runtime.restart();
  }
  runtime.drain();
  for (let n = 0; n < 60; n++) {
    const at = (900 + n) * HOUR * 2;
    const request = { requestId: `r${n}`, userId: `u${n % 30}`, at, k: 5, surface: 'test' };
    runtime.send(requests, requestOf({ ...request, candidates: ids }));
    runtime.drain();
  }
  return runtime;
}

const served = (runtime: MemoryRuntime) =>
  runtime.events(impressions).filter(({ servedBy }) => servedBy === 'served');

describe('the tier of the language model', () => {
  const runtime = run();

  it('carries the vectors of items and user in the example', () => {
    const all = runtime.events(examples);
    const last = all.findLast(({ space }) => space !== '')!;
    expect(last.profile).toHaveLength(32);
    for (const { features } of last.items) expect(features).toHaveLength(33);
    // A user's first slate is decided knowing nothing of them.
    expect(all[0]).toMatchObject({ space: '', profile: [] });
  });

  it('serves what the user likes, with the tier said', () => {
    const slates = served(runtime);
    expect(new Set(slates.map(({ tier, policy }) => `${tier} ${policy}`))).toEqual(
      new Set(['llm llm']),
    );
    const liked = slates.flatMap(({ userId, items: shown }) =>
      shown.map(({ itemId }) => kindOf(itemId) === hash32(userId) % 2),
    );
    expect(liked.filter(Boolean).length / liked.length).toBeGreaterThan(0.7);
    const { variants: names, items: shown } = slates[0]!;
    expect(names).toEqual(['llm']);
    for (const { propensity, targetPropensities } of shown)
      expect(targetPropensities).toEqual([propensity]);
  });

  it('falls to the fast tier where no vectors have come', () => {
    const without = run({ withVectors: false });
    expect(without.events(examples).every(({ space }) => space === '')).toBe(true);
    expect(new Set(served(without).map(({ tier }) => tier))).toEqual(new Set(['fast']));
  });

  it('is a function of the log: restarts change nothing, and a rebuilt policy has the same bytes', () => {
    const again = run({ restarts: true });
    const ofLlm = (one: MemoryRuntime) =>
      one.events(snapshots).filter(({ policy }) => policy === 'llm');
    expect(ofLlm(again).map(({ sha256 }) => sha256)).toEqual(
      ofLlm(runtime).map(({ sha256 }) => sha256),
    );
    const live = runtime.tables.of(snapshotTable).latest('llm')!;
    const llm = learningPolicies.get('llm')!;
    const rebuilt = llm.create();
    for (const example of runtime.events(examples)) {
      if (rebuilt.version < live.version) rebuilt.learn(example);
    }
    expect(Buffer.from(rebuilt.save()).equals(live.bytes)).toBe(true);
    expect(Buffer.from(llm.load(rebuilt.save()).save()).equals(live.bytes)).toBe(true);
  });
});
