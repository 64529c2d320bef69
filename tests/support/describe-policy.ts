// What every policy must keep to, and every learner on top; call with a way to make one.
import { describe, expect, it } from '@jest/globals';
import { drawSlate, slateProbabilities, toProbabilities } from '../../models/exploration.ts';
import { type Learner, type LearnerKind, rankTargets } from '../../models/learner.ts';
import type { DecisionContext, Policy } from '../../models/policy.ts';
import { Random } from '../../models/random.ts';
import {
  firstProbabilities,
  propensitiesOf,
  slateDistribution,
} from '../../models/slate-distribution.ts';
import { newUser } from '../../models/user/track.ts';
import { decide } from '../../streams/serve/decide.ts';
import { madeExamples, simulatedExample } from './examples.ts';
import { withoutOutcomes } from './without-outcomes.ts';

export const trained = madeExamples(60);
export const last = trained.at(-1)!;
export const known: DecisionContext = {
  at: last.at + 1,
  k: 3,
  state: last.state,
  candidates: last.items
    .map(({ itemId, groups, similarity }) => ({ itemId, groups, similarity }))
    .filter(({ itemId }, i, all) => all.findIndex((one) => one.itemId === itemId) === i),
};
export const unknown: DecisionContext = {
  at: 0,
  k: 2,
  state: newUser('never seen'),
  candidates: [
    { itemId: 'never seen', groups: ['no such group'], similarity: null },
    { itemId: '', groups: [], similarity: 1 },
    { itemId: 'i1', groups: ['odd'], similarity: -1 },
  ],
};

export function frozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(frozen);
  }
  return value;
}

/** All slates of k of n candidates. */
function orderings(n: number, k: number): number[][] {
  if (k === 0) return [[]];
  return orderings(n, k - 1).flatMap((head) =>
    Array.from({ length: n }, (_, i) => i)
      .filter((i) => !head.includes(i))
      .map((i) => [...head, i]),
  );
}

/** The stream's own decision. */
function decideBy(policy: Policy, context: DecisionContext, floor: number, requestId: string) {
  const variant = { name: 'v', policy: 'millrace', share: 1, exploration: { floor } } as const;
  const { at, k, state, candidates } = context;
  return decide(
    { salt: 's', variants: [variant], policyOf: () => policy, missing: [] },
    {
      requestId,
      userId: state.userId,
      at,
      k,
      surface: '',
      candidates: null,
      said: null,
      context: null,
    },
    state,
    candidates,
  );
}

export function describePolicy(name: string, make: () => Policy): void {
  describe(`${name} as a policy`, () => {
    it.each([
      ['known', known],
      ['unknown', unknown],
    ])('gives a finite score to each of the %s candidates', (_, context) => {
      const scores = make().scores(context);
      expect(scores).toHaveLength(context.candidates.length);
      expect([...scores].every(Number.isFinite)).toBe(true);
    });

    it('is deterministic and leaves its input alone', () => {
      const policy = make();
      const context = frozen(structuredClone(known));
      const once = [...policy.scores(context)];
      expect([...policy.scores(context)]).toEqual(once);
      expect([...make().scores(known)]).toEqual(once);
    });

    it.each([
      ['known', known],
      ['unknown', unknown],
    ])('is decided with exact propensities above the floor, for %s candidates', (_, context) => {
      const floor = 0.1;
      const policy = make();
      const distribution = slateDistribution(policy, context, { floor });
      const p = firstProbabilities(distribution);
      const n = context.candidates.length;
      expect(new Set(context.candidates.map(({ itemId }) => itemId)).size).toBe(n);
      expect(Math.min(...p)).toBeGreaterThanOrEqual(floor / n - 1e-15);
      const slates = orderings(n, context.k);
      const logs = new Map(
        slates.map((slate) => [
          slate.map((index) => context.candidates[index]!.itemId).join('/'),
          propensitiesOf(distribution, slate).reduce((sum, one) => sum + Math.log(one), 0),
        ]),
      );
      expect([...logs.values()].reduce((sum, one) => sum + Math.exp(one), 0)).toBeCloseTo(1, 12);
      for (let request = 0; request < 5; request++) {
        const { items, slateLogProb } = decideBy(policy, context, floor, `r${request}`);
        expect(slateLogProb).toBeCloseTo(logs.get(items.map((one) => one.itemId).join('/'))!, 12);
        for (const { propensity } of items) expect(propensity).toBeGreaterThanOrEqual(floor / n);
      }
    });

    it('scores no candidates', () => {
      expect(make().scores({ ...known, candidates: [] })).toHaveLength(0);
    });

    it('yields a slate with exact propensities', () => {
      const p = toProbabilities(make().scores(known), { floor: 0.05 });
      const slate = drawSlate(p, known.k, new Random(4));
      expect(slate.propensities).toEqual(slateProbabilities(p, slate.chosen));
      let left = 1;
      for (const [i, index] of slate.chosen.entries()) {
        expect(slate.propensities[i]).toBeCloseTo(p[index]! / left, 12);
        left -= p[index]!;
      }
    });
  });
}

export function describeLearner(kind: LearnerKind): void {
  const grow = (n = trained.length): Learner => {
    const learner = kind.create();
    for (const example of trained.slice(0, n)) learner.learn(example);
    return learner;
  };
  describePolicy(kind.name, grow);

  describe(`${kind.name} as a learner`, () => {
    it('is a function of the sequence: the same bytes, whether or not it was asked in between', () => {
      const asked = kind.create();
      for (const example of trained) {
        asked.predict(example);
        asked.rank(example, rankTargets(example));
        asked.scores(known);
        asked.retrieve(known.state, 10, known.at, 1);
        asked.learn(example);
      }
      expect(Buffer.compare(asked.save(), grow().save())).toBe(0);
      expect(asked.version).toBe(trained.length);
    });

    it('goes on after loading as if it had never been saved', () => {
      for (const n of [0, 1, 40]) {
        const learner = grow(n);
        const loaded = kind.load(learner.save());
        expect(loaded.version).toBe(n);
        for (const example of trained.slice(n)) {
          expect([...loaded.predict(example)]).toEqual([...learner.predict(example)]);
          const targets = rankTargets(example);
          expect(loaded.rank(example, targets)).toEqual(learner.rank(example, targets));
          learner.learn(example);
          loaded.learn(example);
        }
        expect(Buffer.compare(loaded.save(), learner.save())).toBe(0);
        expect(loaded.retrieve(known.state, 9, 0, 5)).toEqual(
          learner.retrieve(known.state, 9, 0, 5),
        );
      }
    });

    it('predicts and ranks without looking at an outcome', () => {
      const [learner, reference] = [grow(), grow()];
      const targets = rankTargets(last);
      const sealed = withoutOutcomes(last);
      expect([...learner.predict(sealed)]).toEqual([...reference.predict(last)]);
      expect([...learner.predictValues(sealed)]).toEqual([...reference.predictValues(last)]);
      expect(learner.rank(sealed, targets)).toEqual(reference.rank(last, targets));
      expect([...learner.predict(last)].every((one) => one > 0 && one < 1)).toBe(true);
    });

    it('leaves its examples alone', () => {
      const learner = grow(20);
      const example = frozen(structuredClone(trained[20]!));
      learner.predict(example);
      learner.rank(example, rankTargets(example));
      expect(() => learner.learn(example)).not.toThrow();
    });

    it('keeps simulated outcomes out of counts and histories', () => {
      const learner = grow();
      const items = last.items.map((item) => ({ ...item, itemId: 'made up', positive: true }));
      const simulated = simulatedExample({ ...last, items }, 0.5);
      const [all, likes] = [learner.counts.items, learner.counts.positives('i0')];
      const before = [...learner.scores(known)];
      learner.learn(simulated);
      expect(rankTargets(simulated)).toEqual([]);
      expect([learner.counts.items, learner.counts.positives('i0')]).toEqual([all, likes]);
      expect(learner.counts.impressions('made up')).toBe(0);
      expect([...learner.scores(known)]).not.toEqual(before);
    });

    it('retrieves distinct items, none recent, the same for a seed', () => {
      const learner = grow();
      const state = { ...known.state, recent: known.state.recent.slice(-6) };
      const found = learner.retrieve(state, 15, known.at, 3);
      expect(found).toHaveLength(15);
      expect(new Set(found).size).toBe(15);
      for (const { itemId } of state.recent) expect(found).not.toContain(itemId);
      expect(learner.retrieve(state, 15, known.at, 3)).toEqual(found);
      // Items are numbered as they are seen: the last one is the newest.
      const seen = new Set(state.recent.map(({ itemId }) => itemId));
      const newest = learner.itemIds.filter((itemId) => !seen.has(itemId)).reverse();
      expect(learner.retrieve(state, 5, known.at, 3, ['fresh'])).toEqual(newest.slice(0, 5));
      expect(learner.retrieve(newUser('new'), 1000, 0, 1)).toHaveLength(learner.counts.items);
      expect(kind.create().retrieve(state, 15, known.at, 3)).toEqual([]);
    });
  });
}
