// What is learned from slates under rules: a pin is no choice of the policy, a narrowed choice teaches no
// propensity, and nothing becomes infinite.
import { describe, expect, it } from '@jest/globals';
import { WIDTH } from '../../../models/bandit/features.ts';
import { offPolicy } from '../../../models/experiment/off-policy.ts';
import { ItemCounts } from '../../../models/item-counts.ts';
import { learningPolicies } from '../../../models/policies.ts';
import { logPropensities, slatePolicy } from '../../../models/rl/slate-policy.ts';
import { transitionOf } from '../../../models/rl/transition.ts';
import { chosenPart } from '../../../models/rules/chosen-part.ts';
import type { Example } from '../../../schemas/topics/examples.ts';
import { madeExamples } from '../../support/examples.ts';

const barred = (example: Example, of: readonly number[]): Example => ({
  ...example,
  items: example.items.map((item, i) => ({
    ...item,
    barred: of[i] ?? 0,
    propensity: of[i] === 1 ? 1 : item.propensity,
  })),
});

const examples = madeExamples(40);

/**
 * A uniform draw of 5 of 9 candidates: the first pinned, the fourth narrowed to 2 of the 6 that were left. The
 * pinned one was in no draw, so of 8 others there are 8, 7, 6 and 5 left.
 */
function uniformSlate(): Example {
  const [first] = examples as [Example];
  const unshown = ['a', 'b', 'c', 'd'].map((itemId) => ({
    ...{ itemId, similarity: null, intent: null, groups: [], features: [] },
  }));
  const propensities = [1, 1 / 8, 1 / 7, 1 / 2, 1 / 5];
  const shares = [1, 0, 0, 1 - 2 / 6, 0];
  const items = first.items.map((item, i) => ({
    ...{ ...item, propensity: propensities[i]!, barred: shares[i]! },
  }));
  return { ...first, items, unshown, candidateCount: 9 };
}

describe('a slate under rules', () => {
  it('is a transition of what was chosen, with a ratio of exactly 1 to its log where it was free', () => {
    const transition = transitionOf(chosenPart(uniformSlate()), new ItemCounts());
    expect([...transition.weights]).toEqual([1, 1, 0, 1]);
    const policy = slatePolicy(new Float64Array(WIDTH), transition); // uniform
    for (const [j, logPi] of logPropensities(policy, transition).entries()) {
      expect(Math.exp(logPi)).toBeCloseTo(transition.propensities[j]!, 12);
    }
  });

  it('judges no variant by its pins', () => {
    const slate = { ...uniformSlate(), variants: ['v'], propensitySource: 'drawn' as const };
    const items = slate.items.map((item, i) => ({
      ...{ ...item, positive: i < 2, targetPropensities: [i === 0 ? 1 : item.propensity * 2] },
    }));
    expect(offPolicy({ ...slate, items }, 'v')).toEqual({ reward: 2, slates: 2 });
    const pins = items.map((item) => ({ ...item, barred: 1 }));
    expect(offPolicy({ ...slate, items: pins }, 'v')).toBeNull();
  });

  it.each([...learningPolicies])('leaves %s with finite scores', (_, kind) => {
    const policy = kind.create();
    const shapes = [[1], [1, 1, 1, 1, 1], [0, 0.5, 0, 1, 1 - 1e-12], [0.9, 0.9, 0.9, 0.9, 0.9]];
    for (const [i, example] of examples.entries()) {
      policy.learn(barred(example, shapes[i % shapes.length]!));
    }
    const { state, items } = examples.at(-1)!;
    const context = { at: 0, k: 3, state, candidates: items };
    expect(policy.scores(context).every(Number.isFinite)).toBe(true);
    expect(kind.load(policy.save()).version).toBe(policy.version);
  });
});
