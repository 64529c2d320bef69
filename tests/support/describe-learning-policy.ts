// What every learning policy keeps to beyond a policy: exact bytes, odd input, and that it learns.

import { describe, expect, it } from '@jest/globals';
import { UniformPolicy } from '../../models/bandit/uniform.ts';
import { learningPolicies } from '../../models/policies.ts';
import type { PolicyKind } from '../../models/policy.ts';
import { newUser } from '../../models/user/track.ts';
import { live } from '../../models/world/live.ts';
import { madeVectors } from '../../models/world/vectors.ts';
import { World } from '../../models/world/world.ts';
import { codeOf } from '../../schemas/errors.ts';
import type { Example } from '../../schemas/topics/examples.ts';
import {
  describePolicy,
  frozen,
  last,
  known as plainContext,
  trained,
  unknown,
} from './describe-policy.ts';
import { simulatedExample } from './examples.ts';
import { type Curve, type Life, lastQuarter } from './learns.ts';
import { withoutOutcomes } from './without-outcomes.ts';

/** Candidates by score, best first. */
function order(scores: ArrayLike<number>): number[] {
  return Array.from(scores, (_, i) => i).sort((a, b) => scores[b]! - scores[a]!);
}

/** How soon a policy is to learn, and how well. */
export interface Learns extends Life {
  /** True reward over the last quarter of the requests, in rewards of the uniform policy. */
  readonly margin: number;
}

/** Slates known by what was shown alone, then two slates a request with what was not. */
const plain: readonly Example[] = [
  ...trained,
  ...[...live(new World(), new UniformPolicy(), { requests: 70, slates: 2 })].flatMap(
    ({ examples }) => examples,
  ),
];

const world = new World();
const vectors = madeVectors(world);
/** The same with vectors, as far as users have a profile. */
const lived = [...live(world, new UniformPolicy(), { requests: 260, vectors })].filter(
  ({ context }) => context.vectors,
);
const withVectors = {
  history: lived.slice(0, -1).flatMap(({ examples }) => examples),
  known: lived.at(-1)!.context,
};

const chances = new Map<string, Curve>();
function chanceOf(requests: number, seed: number): Curve {
  const key = `${requests}/${seed}`;
  const known = chances.get(key) ?? lastQuarter(null, seed, { requests });
  chances.set(key, known);
  return known;
}

function describeLearningPolicy(kind: PolicyKind, learns: Learns): void {
  const { history, known } = learns.vectors ? withVectors : { history: plain, known: plainContext };
  const grow = (n = history.length) => {
    const policy = kind.create();
    for (const example of history.slice(0, n)) policy.learn(example);
    return policy;
  };
  describePolicy(kind.name, grow);

  describe(`${kind.name} as a learning policy`, () => {
    it('is a function of the sequence: the same bytes, whether or not it was asked in between', () => {
      const asked = kind.create();
      for (const example of history) {
        asked.scores(known);
        asked.save();
        asked.learn(example);
      }
      expect(Buffer.compare(asked.save(), grow().save())).toBe(0);
      expect(asked.version).toBe(history.length);
      expect(Buffer.compare(grow().save(), kind.create().save())).not.toBe(0);
    });

    it('goes on after loading as if it had never been saved', () => {
      for (const n of [0, 1, 40, 99, 160]) {
        const policy = grow(n);
        const loaded = kind.load(policy.save());
        expect([loaded.name, loaded.version]).toEqual([kind.name, n]);
        expect(Buffer.compare(loaded.save(), policy.save())).toBe(0);
        for (const example of history.slice(n)) {
          expect([...loaded.scores(known)]).toEqual([...policy.scores(known)]);
          policy.learn(example);
          loaded.learn(example);
        }
        expect(Buffer.compare(loaded.save(), policy.save())).toBe(0);
      }
    });

    const itPredicts = kind.create().predict ? it : it.skip;
    itPredicts(
      'predicts clicks inside (0, 1) without their outcomes, and changes nothing by it',
      () => {
        const policy = grow();
        const before = policy.save();
        const p = policy.predict!(last);
        expect(p).toHaveLength(last.items.length);
        expect([...p].every((one) => one > 0 && one < 1)).toBe(true);
        expect([...policy.predict!(withoutOutcomes(last))]).toEqual([...p]);
        expect(Buffer.compare(policy.save(), before)).toBe(0);
      },
    );

    it('refuses bytes of something else', () => {
      let code = '';
      try {
        kind.load(new Uint8Array(40));
      } catch (error) {
        code = codeOf(error);
      }
      expect(code).toBe('parameters-unreadable');
    });

    it('leaves its examples alone, and takes the unknown and the empty', () => {
      const policy = grow(20);
      const example = frozen(structuredClone(history[20]!));
      expect(() => policy.learn(example)).not.toThrow();
      const state = newUser('never seen');
      const [first] = example.items;
      const odd = { ...first!, itemId: '', groups: [], similarity: null, propensity: 1e-12 };
      policy.learn({ ...example, userId: 'never seen', state, items: [odd] });
      policy.learn({ ...example, items: [] });
      expect([...policy.scores(unknown)].every(Number.isFinite)).toBe(true);
    });

    it('learns nothing from an outcome of no confidence', () => {
      const policy = grow();
      const before = [...policy.scores(known)];
      const made = simulatedExample(last, 0);
      for (let i = 0; i < 30; i++) policy.learn(made);
      // What hangs on the version alone, a seed or a schedule, may move; the parameters may not.
      const loaded = kind.load(policy.save());
      expect([...loaded.scores(known)]).toEqual([...policy.scores(known)]);
      expect(order(policy.scores(known))).toEqual(order(before));
    });

    it.each([1, 2])(
      `earns ${learns.margin} times the reward of chance after ${learns.requests} requests, in world %d`,
      (seed) => {
        const { requests, margin } = learns;
        const chance = chanceOf(requests, seed);
        const learned = lastQuarter(kind, seed, learns);
        expect(learned.reward).toBeGreaterThan(margin * chance.reward);
        expect(learned.reward).toBeLessThanOrEqual(learned.best);
      },
    );
  });
}

/** The suite over a family of `learning-policies.ts`. */
export function describeFamily(family: Readonly<Record<string, Learns>>): void {
  for (const [name, learns] of Object.entries(family)) {
    describeLearningPolicy(learningPolicies.get(name)!, learns);
  }
}
