// Groups of slates that nobody saw: what they are worth, how they are drawn, and what is learned of them.
import { describe, expect, it } from '@jest/globals';
import { WIDTH } from '../../../models/bandit/features.ts';
import { UniformPolicy } from '../../../models/bandit/uniform.ts';
import { ItemCounts } from '../../../models/item-counts.ts';
import { learningPolicies } from '../../../models/policies.ts';
import { imaginedRewards } from '../../../models/reward/reward-model.ts';
import { estimatesOf, GROUP, groupsOf } from '../../../models/rl/group.ts';
import { transitionOf } from '../../../models/rl/transition.ts';
import { live } from '../../../models/world/live.ts';
import { madeVectors } from '../../../models/world/vectors.ts';
import { World } from '../../../models/world/world.ts';
import type { Example } from '../../../schemas/topics/examples.ts';

const [served] = live(new World({ seed: 5 }), new UniformPolicy(), { requests: 1 });
const made = served!.examples[0]!;
/** Three shown, the second liked, then two that were not shown. */
const example: Example = {
  ...made,
  items: made.items.map((item, i) => ({
    ...item,
    propensity: [0.5, 0.1, 0.25][i]!,
    positive: i === 1,
  })),
  unshown: made.unshown.slice(0, 2),
};

describe('estimates', () => {
  it('are what the model says, and of the shown what came, weighted by at most five', () => {
    const q = Float64Array.of(0.2, 0.4, 0.5, 0.6, 0.7);
    const { rewards } = estimatesOf(example, q)!;
    expect(rewards[0]).toBeCloseTo(0.2 + 2 * (0 - 0.2), 12);
    expect(rewards[1]).toBeCloseTo(0.4 + 5 * (1 - 0.4), 12);
    expect(rewards[2]).toBeCloseTo(0.5 + 4 * (0 - 0.5), 12);
    expect([...rewards.slice(3)]).toEqual([0.6, 0.7]);
    expect([...q]).toEqual([0.2, 0.4, 0.5, 0.6, 0.7]);
  });

  it('take the rate of all for what a model says that is not believed', () => {
    const model = { predictItem: () => 0.9, confidence: () => 0 };
    expect([...imaginedRewards(model, example, 0.3)]).toEqual([0.3, 0.3, 0.3, 0.3, 0.3]);
    const half = { ...model, confidence: () => 0.5 };
    expect(imaginedRewards(half, example, 0.3)[4]).toBeCloseTo(0.6, 12);
  });

  it('are none where it is not known what was not shown', () => {
    expect(estimatesOf({ ...example, unshown: [] }, new Float64Array(3))).toBeUndefined();
  });
});

describe('a group', () => {
  const q = Float64Array.of(0.2, 0.4, 0.5, 0.6, 0.7);
  const transition = {
    ...transitionOf(example, new ItemCounts()),
    // Rows that can be told apart.
    rows: Float64Array.from({ length: 5 * WIDTH }, (_, i) => i),
    estimates: estimatesOf(example, q),
  };
  const scores = () => Float64Array.of(0, 1, 2, 3, 4);
  const [group] = groupsOf([[transition]], scores);

  it('is of slates drawn by the scores, each position with its probability and its estimate', () => {
    expect(group).toHaveLength(GROUP);
    const mass = scores().map((score) => Math.exp(score - 4));
    const total = mass.reduce((sum, one) => sum + one);
    const p = mass.map((one) => 0.95 * (one / total) + 0.05 / 5);
    for (const slate of group!) {
      const order = [0, 1, 2, 3, 4].map((i) => slate.rows[i * WIDTH]! / WIDTH);
      expect(order.toSorted()).toEqual([0, 1, 2, 3, 4]);
      let left = 1;
      for (let j = 0; j < 3; j++) {
        expect(slate.rewards[j]).toBe(transition.estimates!.rewards[order[j]!]);
        expect(slate.propensities[j]).toBeCloseTo(p[order[j]!]! / left, 9);
        left -= p[order[j]!]!;
      }
      expect([...slate.copies]).toEqual([1, 1, 1, 1, 1]);
      expect(slate.estimates).toBeUndefined();
    }
  });

  it('is the same each time, another for another impression, and kept where slates were shown', () => {
    expect(groupsOf([[transition]], scores)).toEqual([group]);
    const other = estimatesOf({ ...example, impressionId: 'another' }, q);
    expect(groupsOf([[{ ...transition, estimates: other }]], scores)).not.toEqual([group]);
    const two = [transition, transition];
    expect(groupsOf([two], scores)).toEqual([two]);
    const unknown = [{ ...transition, estimates: undefined }];
    expect(groupsOf([unknown], scores)).toEqual([unknown]);
  });
});

describe.each(['grpo', 'llm-grpo'])('%s with one slate a request', (name) => {
  const kind = learningPolicies.get(name)!;
  const world = new World({ seed: 4 });
  const vectors = madeVectors(world);
  const log = [...live(world, new UniformPolicy(), { requests: 1500, seed: 4, vectors })];
  const examples = log.flatMap((one) => one.examples);

  /** Mean chance that the policy gives to what the user would like best, beside the even chance. */
  function preference(of: (one: Example) => Example): number {
    const [policy, fresh] = [kind.create(), kind.create()];
    const all = examples.map(of);
    // One that cannot decide before it has a space has seen a single example.
    fresh.learn(all.find(({ space }) => space !== '')!);
    for (const one of all) policy.learn(one);
    const gains = log.slice(-300).map(({ context }) => {
      const appeal = context.candidates.map(({ itemId }) =>
        world.interest(context.state.userId, itemId, context.at),
      );
      const gain = (scores: Float64Array) => {
        const best = appeal.indexOf(Math.max(...appeal));
        const mean = scores.reduce((sum, one) => sum + one, 0) / scores.length;
        return scores[best]! - mean;
      };
      return gain(policy.scores(context)) - gain(fresh.scores(context));
    });
    return gains.reduce((sum, one) => sum + one, 0) / gains.length;
  }

  it('learns nothing of what was shown alone', () => {
    expect(preference((one) => ({ ...one, unshown: [] }))).toBe(0);
  });

  it('learns what is liked from groups', () => {
    expect(preference((one) => one)).toBeGreaterThan(0.1);
  });
});
