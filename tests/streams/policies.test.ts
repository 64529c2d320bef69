// Policies by name: a variant's policy gets its stage, serves from its own snapshots, and somebody serves
// in its place before there is one. Examples carry what was not shown where a policy learns from it.
import { beforeAll, describe, expect, it } from '@jest/globals';
import { learningPolicies, policyNames } from '../../models/policies.ts';
import { visits } from '../../models/world/visits.ts';
import { World } from '../../models/world/world.ts';
import { requestOf } from '../../schemas/request-border.ts';
import { examples } from '../../schemas/topics/examples.ts';
import { impressions } from '../../schemas/topics/impressions.ts';
import { items } from '../../schemas/topics/items.ts';
import { predictions } from '../../schemas/topics/predictions.ts';
import { requests } from '../../schemas/topics/requests.ts';
import { snapshots } from '../../schemas/topics/snapshots.ts';
import { MemoryRuntime } from '../../streams/engine/memory-runtime.ts';
import { SnapshotTable } from '../../streams/engine/snapshot-table.ts';
import { simulateByWorld } from '../../streams/enrichers/simulate-world.ts';
import { ServedPolicies } from '../../streams/serve/policies.ts';
import { serveDefaults } from '../../streams/serve/stage.ts';
import { mainTopology } from '../../streams/topology.ts';

const world = new World({ seed: 6, users: 30, items: 40, feedback: 0, saturation: 0 });

function topologyOf(names: readonly string[]) {
  const variants = names.map((policy) => ({
    name: policy,
    policy,
    share: 1,
    exploration: { floor: 0.05 },
  }));
  return mainTopology({
    serve: { ...serveDefaults, attributionWindowMs: 600_000, servedWindowMs: 600_000, variants },
    learn: { snapshotEvery: 1000, snapshotEveryServed: 40 },
    simulate: simulateByWorld(world),
  });
}

const stagesOf = (...names: string[]) => topologyOf(names).stages.map(({ name }) => name);

describe('the topology', () => {
  it('has the stage of each policy that a variant names, once, and the learner always', () => {
    expect(stagesOf('uniform')).toEqual(['basis', 'serve', 'learn', 'calibrate']);
    expect(stagesOf('inverted', 'popularity', 'millrace')).toEqual([
      'basis',
      'serve',
      'learn',
      'calibrate',
    ]);
    expect(stagesOf('llm-ppo', 'lin-ucb', 'llm-ppo')).toEqual([
      ...['basis', 'serve', 'learn', 'learn-lin-ucb', 'learn-llm-ppo', 'calibrate'],
    ]);
  });

  it('takes every policy of the registry', () => {
    const learning = stagesOf(...policyNames).filter((name) => name.startsWith('learn-'));
    expect(learning).toHaveLength(learningPolicies.size - 1);
  });
});

describe('variants by name', () => {
  const names = ['lin-ucb', 'factorization-ftrl', 'grpo', 'llm'];
  let runtime: MemoryRuntime;

  async function run(restarts = false) {
    const one = new MemoryRuntime(topologyOf(names));
    for (const { topics: _, quality: __, ...item } of world.items) one.send(items, item);
    let n = 0;
    for (const { userId, at } of visits(world, { requests: 240, seed: 6 })) {
      one.send(requests, requestOf({ requestId: `r${n++}`, userId, at, k: 4, surface: 's' }));
      await one.settle();
      if (restarts && n % 37 === 0) one.restart();
    }
    return one;
  }

  beforeAll(async () => {
    runtime = await run();
  });

  it('are served by whoever can, and the slate says when another did', () => {
    const slates = runtime.events(impressions);
    const first = slates.filter(({ missing }) => missing.includes('snapshot'));
    expect(first.length).toBeGreaterThan(30);
    for (const one of first) {
      expect(one.policy).toBe('popularity');
      expect(one.missing).not.toContain('policy');
    }
    const rest = slates.slice(first.length);
    for (const one of rest) {
      // Nobody makes vectors here: the head cannot decide, and the learner does.
      expect(one.policy).toBe(one.variant === 'llm' ? 'millrace' : one.variant);
      expect(one.missing.includes('policy')).toBe(one.variant === 'llm');
      expect(one.version).toBeGreaterThan(0);
    }
    expect(new Set(rest.map(({ variant }) => variant)).size).toBe(names.length);
  });

  it('serve popularity where the learner has a snapshot and the policy none', () => {
    const table = new SnapshotTable();
    const served = new ServedPolicies(table);
    const { state } = runtime.events(examples).at(-1)!;
    const context = { at: 0, k: 1, state, candidates: [] };
    expect(served.of('ppo', context).name).toBe('uniform');
    for (const one of runtime.events(snapshots)) if (one.policy === 'millrace') table.apply(one);
    expect(served.of('ppo', context).name).toBe('popularity');
    expect(served.of('llm-grpo', context).name).toBe('millrace');
    expect(served.of('grpo', context).name).toBe('popularity');
    for (const one of runtime.events(snapshots)) table.apply(one);
    expect(served.of('grpo', context).name).toBe('grpo');
  });

  it('carry an even sample of what was not shown, with groups once they are examples', () => {
    const slates = new Map(runtime.events(impressions).map((one) => [one.impressionId, one]));
    const counts = new Map<string, number>();
    for (const { impressionId, items: shown, unshown, candidateCount } of runtime.events(
      examples,
    )) {
      const ids = unshown.map(({ itemId }) => itemId);
      expect(ids).toHaveLength(Math.min(20, candidateCount - shown.length));
      expect(new Set([...ids, ...shown.map(({ itemId }) => itemId)]).size).toBe(ids.length + 4);
      expect(slates.get(impressionId)!.unshown.map(({ itemId }) => itemId)).toEqual(ids);
      for (const { itemId, groups } of unshown) expect(groups).toEqual(world.item(itemId)!.groups);
      for (const id of ids) counts.set(id, 1 + (counts.get(id) ?? 0));
    }
    expect(counts.size).toBe(world.items.length);
  });

  it('say what they expect of a click before they learn, where they predict one', () => {
    const said = runtime.events(predictions).filter(({ models }) => !models.includes('millrace'));
    const models = new Set(said.flatMap((one) => one.models));
    expect([...models]).toEqual(['factorization-ftrl']);
    const all = runtime.events(examples);
    expect(said.map(({ impressionId }) => impressionId)).toEqual(
      all.map(({ impressionId }) => impressionId),
    );
    expect(said.map(({ version }) => version)).toEqual(all.map((_, i) => i));
    for (const { items: each } of said) {
      for (const { p } of each) expect(p[0]! > 0 && p[0]! < 1).toBe(true);
    }
  });

  it('are functions of the log: restarts change nothing, and examples give the same bytes again', async () => {
    const again = await run(true);
    const hashes = (one: MemoryRuntime) =>
      one.events(snapshots).map(({ policy, version, sha256 }) => `${policy} ${version} ${sha256}`);
    expect(hashes(again)).toEqual(hashes(runtime));
    const written = new Set(runtime.events(snapshots).map(({ policy }) => policy));
    expect([...written].sort()).toEqual(['factorization-ftrl', 'grpo', 'lin-ucb', 'millrace']);
  });

  it('carry nothing of what was not shown where no policy learns from it', async () => {
    const one = new MemoryRuntime(topologyOf(['lin-ucb', 'llm']));
    for (const { topics: _, quality: __, ...item } of world.items) one.send(items, item);
    one.send(requests, requestOf({ requestId: 'r', userId: '1', at: 1, k: 4, surface: 's' }));
    await one.settle();
    expect(one.events(impressions)[0]!.unshown).toEqual([]);
  });
});
