// A role with a language model of its own: its vectors, and who uses them.
import { beforeAll, describe, expect, it } from '@jest/globals';
import { normal } from '../../models/normal.ts';
import { hash32, Random } from '../../models/random.ts';
import { Simulator } from '../../models/reward/simulator.ts';
import { requestOf } from '../../schemas/request-border.ts';
import { clicks } from '../../schemas/topics/clicks.ts';
import { examples } from '../../schemas/topics/examples.ts';
import { impressions } from '../../schemas/topics/impressions.ts';
import { itemVectors } from '../../schemas/topics/item-vectors.ts';
import { items } from '../../schemas/topics/items.ts';
import { requests } from '../../schemas/topics/requests.ts';
import { MemoryRuntime } from '../../streams/engine/memory-runtime.ts';
import { snapshotTable } from '../../streams/engine/snapshot-table.ts';
import { rolesAsked } from '../../streams/enrichers/ports.ts';
import { simulateEnricher } from '../../streams/enrichers/simulate.ts';
import { serveDefaults } from '../../streams/serve/stage.ts';
import { vectorRoles, vectorsTable } from '../../streams/tables/vectors.ts';
import { mainTopology } from '../../streams/topology.ts';
import { clickOf, impressionOf, itemOf } from '../support/events.ts';
import { fakeModel } from '../support/fake-model.ts';
import { portsOf } from '../support/schedulers.ts';

const HOUR = 3_600_000;
const ids = Array.from({ length: 400 }, (_, i) => `item-${i}`);
const kindOf = (id: string) => hash32(id) % 2;
const likes = (userId: string, id: string) => kindOf(id) === hash32(userId) % 2;

/** A model whose vectors tell the two kinds of items apart, or that knows nothing of them. */
function seeing(name: string, sees: boolean) {
  const width = 40;
  return fakeModel({
    name,
    width,
    async embed(prompt) {
      const id = /item-\d+/.exec(prompt)![0];
      const random = new Random(hash32(name, hash32(id)));
      const noise = Float32Array.from({ length: width }, () => normal(random));
      if (sees) for (let d = 0; d < 10; d++) noise[d]! += 4 * kindOf(id);
      return noise;
    },
    score: async (_, texts) => texts.map(() => -1),
  });
}

const blind = seeing('blind', false);
const variants = [
  { name: 'llm', policy: 'llm', share: 1, exploration: { temperature: 0.3, floor: 0.05 } },
] as const;

type Own = Parameters<typeof portsOf>[1];

/** Logged slates of chance by users who like one kind, then requests that the simulator answers. */
async function run(own: Own) {
  const ports = portsOf(blind, own);
  const topology = mainTopology({
    serve: { ...serveDefaults, attributionWindowMs: HOUR, servedWindowMs: HOUR, variants },
    learn: { snapshotEvery: 50, snapshotEveryServed: 50 },
    llm: ports,
    simulate: simulateEnricher,
  });
  const runtime = new MemoryRuntime(topology);
  for (const id of ids) runtime.send(items, itemOf(id, [], id));
  const random = new Random(4);
  let at = 0;
  for (let n = 0; n < 700; n++) {
    const userId = `u${n % 20}`;
    at += 2 * HOUR;
    const shown = [...new Set(Array.from({ length: 6 }, () => ids[random.below(ids.length)]!))];
    runtime.send(impressions, impressionOf(`logged-${n}`, userId, at, shown));
    for (const id of shown.filter((one) => likes(userId, one))) {
      runtime.send(clicks, clickOf(`${n}-${id}`, `logged-${n}`, userId, id, at + 1));
    }
    if (n % 50 === 0) await runtime.settle();
  }
  await runtime.settle();
  for (let n = 0; n < 40; n++) {
    at += 2 * HOUR;
    const request = { requestId: `r${n}`, userId: `u${n % 20}`, at, k: 5, surface: 'test' };
    runtime.send(requests, requestOf({ ...request, candidates: ids }));
    await runtime.settle();
  }
  return { runtime, ports };
}

const servedOf = (runtime: MemoryRuntime) =>
  runtime.events(impressions).filter(({ servedBy }) => servedBy === 'served');

/** Share of what was served that its user likes. */
function likedShare(runtime: MemoryRuntime): number {
  const liked = servedOf(runtime).flatMap(({ userId, items: shown }) =>
    shown.map(({ itemId }) => likes(userId, itemId)),
  );
  return liked.filter(Boolean).length / liked.length;
}

/** Mean similarity of simulated answers, of what their users like less of what they do not. */
function simulatedGap(runtime: MemoryRuntime): number {
  const answers = runtime.events(clicks).filter(({ source }) => source === 'simulated');
  const mean = (liked: boolean) => {
    const own = answers.flatMap(({ userId, itemId, similarity }) =>
      likes(userId, itemId) === liked && similarity !== null ? similarity : [],
    );
    expect(own.length).toBeGreaterThan(10);
    return own.reduce((sum, one) => sum + one, 0) / own.length;
  };
  return mean(true) - mean(false);
}

describe('a role with a language model of its own', () => {
  /** Without any. */
  let plain: ReturnType<typeof run>;

  beforeAll(() => {
    plain = run({});
  });

  it('has none unless it is named: one vector an item, for every role', async () => {
    const { runtime } = await plain;
    const made = runtime.events(itemVectors);
    expect(made.map(({ itemId }) => itemId).toSorted()).toEqual(ids.toSorted());
    expect(made.every(({ model, roles }) => model === 'blind' && roles.length === 0)).toBe(true);
    expect(likedShare(runtime)).toBeLessThan(0.75);
    expect(simulatedGap(runtime)).toBeLessThan(0.15);
    expect(runtime.events(examples).every(({ simulatorView }) => simulatorView === null)).toBe(
      true,
    );
  });

  it('of the policy, changes the policy', async () => {
    const { runtime } = await run({ policy: seeing('sharp', true) });
    const made = runtime.events(itemVectors);
    const by = (name: string) => made.filter(({ model }) => model === name);
    expect([by('blind').length, by('sharp').length]).toEqual([ids.length, ids.length]);
    expect(by('sharp').every(({ roles }) => roles.join() === 'policy')).toBe(true);
    expect(by('blind').every(({ roles }) => roles.join() === 'representer,simulator')).toBe(true);
    expect(likedShare(runtime)).toBeGreaterThan(0.85);
    // Nothing else is by it.
    const vectors = runtime.tables.of(vectorsTable);
    expect(vectorRoles.map((role) => vectors.of(role).model)).toEqual(['blind', 'sharp', 'blind']);
    expect(runtime.events(examples).every(({ simulatorView }) => simulatorView === null)).toBe(
      true,
    );
  });

  it('of the simulator, changes the served simulator, and what it was calibrated on', async () => {
    const { runtime } = await run({ simulator: seeing('sharp', true) });
    const { runtime: before } = await plain;
    expect(simulatedGap(runtime)).toBeGreaterThan(simulatedGap(before) + 0.3);
    // Nobody else sees by it.
    expect(likedShare(runtime)).toBeLessThan(0.75);
    const views = runtime.events(examples).flatMap(({ simulatorView }) => simulatorView ?? []);
    expect(new Set(views.map(({ model }) => model))).toEqual(new Set(['sharp']));
    expect(views.length).toBeGreaterThan(500);
    const { bytes } = runtime.tables.of(snapshotTable).latest('simulator')!;
    expect(Simulator.load(bytes).model).toBe('sharp');
    const [sharp, blunt] = [runtime, before].map((one) =>
      Simulator.load(one.tables.of(snapshotTable).latest('simulator')!.bytes).fidelity(),
    );
    expect(sharp!.auc).toBeGreaterThan(blunt!.auc + 0.1);
  });
});

describe('what is asked', () => {
  const serve = { ...serveDefaults, variants };

  it('is said by the enrichers: a role whose answers nobody uses is not asked', () => {
    const llm = portsOf(blind);
    const of = (options: Partial<Parameters<typeof mainTopology>[0]>) =>
      rolesAsked(mainTopology({ serve, llm, ...options }).enrichers).toSorted();
    expect(of({})).toEqual(['explainer', 'policy', 'reasoner', 'representer']);
    const popular = [{ ...variants[0], policy: 'popularity' }];
    expect(of({ serve: { ...serve, variants: popular } })).not.toContain('policy');
    expect(of({ simulate: simulateEnricher })).toContain('simulator');
    expect(of({ explain: { judge: {} } })).toContain('judge');
    expect(rolesAsked(mainTopology({ serve }).enrichers)).toEqual([]);
  });

  it('is all that is asked', async () => {
    const sharp = seeing('sharp', true);
    const { ports } = await run({ simulator: sharp, policy: sharp, judge: sharp });
    expect([...ports.asked].toSorted()).toEqual([
      ...['explainer', 'policy', 'reasoner', 'representer', 'simulator'],
    ]);
  });
});
