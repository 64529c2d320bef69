// Candidates on their way through the streams, among the people of a seeded world.
import { describe, expect, it } from '@jest/globals';
import { type PromotionPhase, promotionRules } from '../../models/experiment/promotion.ts';
import { hash32 } from '../../models/random.ts';
import { Crowd } from '../../models/world/crowd.ts';
import { visits } from '../../models/world/visits.ts';
import { World } from '../../models/world/world.ts';
import { requestOf } from '../../schemas/request-border.ts';
import { audit } from '../../schemas/topics/audit.ts';
import { clicks } from '../../schemas/topics/clicks.ts';
import { experiments } from '../../schemas/topics/experiments.ts';
import { impressions } from '../../schemas/topics/impressions.ts';
import { items } from '../../schemas/topics/items.ts';
import { requests } from '../../schemas/topics/requests.ts';
import { MemoryRuntime } from '../../streams/engine/memory-runtime.ts';
import type { Variant } from '../../streams/serve/decide.ts';
import { serveDefaults } from '../../streams/serve/stage.ts';
import { mainTopology } from '../../streams/topology.ts';
import { clickOf, itemOf } from '../support/events.ts';

const DAY = 86_400_000;
const world = new World({ seed: 4, users: 600, items: 24, feedback: 0, saturation: 0, driftMs: 0 });
const ids = world.items.map(({ itemId }) => itemId);

const variant = (name: string, policy: Variant['policy'], share: number): Variant => ({
  name,
  policy,
  share,
  exploration: { temperature: 0.3, floor: 0.05 },
});
const variantsOf = (policy: Variant['policy']) => [
  variant('candidate', policy, 0),
  variant('incumbent', 'uniform', 2),
  variant('apart', 'uniform', 0.2),
];

interface Way {
  /** Ends 400 requests after this was reached. */
  readonly until: PromotionPhase;
  /** Variants for which nobody clicks any more once this phase was reached. */
  readonly deaf?: { readonly variant: string; readonly from: PromotionPhase };
  /** Of the candidate. @default 'millrace' */
  readonly policy?: Variant['policy'];
  /** Number of requests at most. @default 5000 */
  readonly requests?: number;
  /** Examples between two snapshots. @default 100 */
  readonly snapshotEvery?: number;
  /** Every process ends and starts again after so many batches. */
  readonly restartEvery?: number;
}

function run(way: Way) {
  const { until, deaf, policy = 'millrace', snapshotEvery = 100, restartEvery } = way;
  const runtime = new MemoryRuntime(
    mainTopology({
      serve: { ...serveDefaults, servedWindowMs: DAY / 2, variants: variantsOf(policy) },
      learn: { snapshotEvery, snapshotEveryServed: snapshotEvery },
      promote: [
        {
          experimentId: 'way',
          candidate: 'candidate',
          incumbent: 'incumbent',
          share: 2,
          salt: serveDefaults.salt,
          rules: { ...promotionRules, share: { canary: 0.3, ab: 0.5, promoted: 0.65 } },
        },
      ],
    }),
  );
  const crowd = new Crowd(world);
  for (const itemId of ids) runtime.send(items, itemOf(itemId, [`g${hash32(itemId) % 3}`]));
  let seen = 0;
  const answer = () => {
    runtime.drain();
    const all = runtime.events(impressions);
    const reached = runtime.events(experiments).map(({ phase }) => phase);
    for (const { impressionId, userId, at, items: shown, variant: arm } of all.slice(seen)) {
      if (deaf?.variant === arm && reached.includes(deaf.from)) continue;
      const slate = shown.map(({ itemId }) => itemId);
      const clicked = crowd.answer(userId, slate, at, hash32(impressionId));
      for (const [i, itemId] of slate.entries()) {
        if (clicked[i])
          runtime.send(
            clicks,
            clickOf(`${impressionId}-${i}`, impressionId, userId, itemId, at + 1),
          );
      }
    }
    seen = all.length;
  };
  let n = 0;
  let end = way.requests ?? 5_000;
  for (const { userId, at } of visits(world, { requests: end })) {
    if (n === end) break;
    const request = { requestId: `r${n}`, userId, at, k: 4, surface: 'test', candidates: ids };
    runtime.send(requests, requestOf(request));
    n++;
    if (n % 40 > 0) continue;
    answer();
    const reached = runtime.events(experiments).some(({ phase }) => phase === until);
    if (reached) end = Math.min(end, n + 400);
    if (restartEvery && n % (40 * restartEvery) === 0) runtime.restart();
  }
  answer();
  return runtime;
}

const phases = (runtime: MemoryRuntime) => runtime.events(experiments).map(({ phase }) => phase);
const count = (runtime: MemoryRuntime, arm: string) =>
  runtime.events(impressions).filter(({ variant }) => variant === arm).length;

describe('promote', () => {
  it('takes a good candidate into service, by steps that say why; restarts change nothing', () => {
    const runtime = run({ until: 'promoted' });
    expect(phases(runtime)).toEqual(['gate', 'shadow', 'canary', 'ab', 'promoted']);
    const last = runtime.events(experiments).at(-1)!;
    expect(last).toMatchObject({ experimentId: 'way', status: 'promoted' });
    expect(last.arms.map(({ share }) => share)).toEqual([1.3, expect.closeTo(0.7, 12)]);
    const evidence = JSON.parse(last.evidence);
    expect(evidence).toMatchObject({ reason: 'better than the incumbent', from: 'ab' });
    expect(evidence.difference.low).toBeGreaterThan(0);
    // The shares of the record are those that requests are served by from then on.
    const after = runtime.events(impressions).filter(({ at }) => at > last.at + DAY);
    const own = after.filter(({ variant: arm }) => arm === 'candidate').length;
    expect(own / after.length).toBeGreaterThan(0.5);
    const again = run({ until: 'promoted', restartEvery: 17 });
    expect(again.bytes(experiments)).toEqual(runtime.bytes(experiments));
    expect(again.bytes(impressions)).toEqual(runtime.bytes(impressions));
  });

  it.each(['millrace', 'inverted'])(
    'keeps %s at the gate and says why, while it has no snapshot and another policy stands in',
    (policy) => {
      const runtime = run({
        ...{ until: 'shadow', policy, requests: 600, snapshotEvery: 1_000_000 },
        restartEvery: 7,
      });
      expect(phases(runtime)).toEqual(['gate']);
      const names = runtime.events(impressions).map(({ standIns }) => standIns);
      expect(names.every((one) => one.join() === 'candidate')).toBe(true);
      const [said, ...more] = runtime.events(audit).filter(({ kind }) => kind === 'promotion');
      expect(said).toMatchObject({
        ...{ component: 'promote-way', name: 'gate: no snapshot of its own', value: 0 },
      });
      expect(more).toEqual([]);
    },
  );

  it('stops one that is bad before anybody has seen it', () => {
    const runtime = run({ until: 'stopped', policy: 'inverted' });
    expect(phases(runtime)).toEqual(['gate', 'stopped']);
    const evidence = JSON.parse(runtime.events(experiments).at(-1)!.evidence);
    expect(evidence.difference.estimate).toBeLessThan(0);
    expect(count(runtime, 'candidate')).toBe(0);
  });

  it('stops one that nobody clicks on, and gives its users back', () => {
    const runtime = run({ until: 'stopped', deaf: { variant: 'candidate', from: 'canary' } });
    expect(phases(runtime)).toEqual(['gate', 'shadow', 'canary', 'stopped']);
    expect(runtime.events(experiments).at(-1)!.status).toBe('ended');
    const { at } = runtime.events(experiments).at(-1)!;
    const later = runtime.events(impressions).filter((one) => one.at > at + DAY);
    expect(later.length).toBeGreaterThan(100);
    expect(later.filter(({ variant: arm }) => arm === 'candidate')).toEqual([]);
  });

  it('rolls back one that turns bad after it was promoted', () => {
    const runtime = run({ until: 'rolledBack', deaf: { variant: 'candidate', from: 'promoted' } });
    expect(phases(runtime)).toEqual(['gate', 'shadow', 'canary', 'ab', 'promoted', 'rolledBack']);
    expect(runtime.events(experiments).at(-1)!.status).toBe('rolledBack');
    expect(count(runtime, 'apart')).toBeGreaterThan(100);
  });
});
