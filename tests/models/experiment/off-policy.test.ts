// What a variant would have had of a slate that another served.
import { describe, expect, it } from '@jest/globals';
import { loggedExample } from '../../../models/evaluation/logged-example.ts';
import { offPolicy } from '../../../models/experiment/off-policy.ts';
import { drawSlate, slateProbabilities } from '../../../models/exploration.ts';
import { Random } from '../../../models/random.ts';
import { newUser } from '../../../models/user/track.ts';

const groups: string[] = [];

function example(
  items: { propensity: number; targetPropensities: number[]; positive: boolean }[],
  propensitySource: 'drawn' | 'estimated' = 'drawn',
) {
  const shown = items.map((item, i) => ({ itemId: `i${i}`, groups, reward: 0, ...item }));
  return { ...loggedExample('s', 0, newUser('u'), shown), variants: ['a', 'b'], propensitySource };
}

describe('offPolicy', () => {
  it('weighs each position by what the variant would have given it', () => {
    const slate = example([
      { propensity: 0.5, targetPropensities: [0.25, 0.5], positive: true },
      { propensity: 0.2, targetPropensities: [0.4, 0.2], positive: true },
      { propensity: 0.1, targetPropensities: [0.3, 0.1], positive: false },
    ]);
    // Weights ½, 2 and 3.
    expect(offPolicy(slate, 'a')).toEqual({ reward: 2.5, slates: expect.closeTo(5.5 / 3, 12) });
    expect(offPolicy(slate, 'b')).toEqual({ reward: 2, slates: 1 });
  });

  it('truncates a weight that says more of luck', () => {
    const slate = example([{ propensity: 0.001, targetPropensities: [0.5, 0], positive: true }]);
    expect(offPolicy(slate, 'a')).toEqual({ reward: 20, slates: 20 });
  });

  it('says nothing where the decision did not know the variant, or the draw is not known', () => {
    const items = [{ propensity: 0.5, targetPropensities: [0.5, 0.5], positive: true }];
    expect(offPolicy(example(items), 'c')).toBeNull();
    expect(offPolicy(example(items, 'estimated'), 'a')).toBeNull();
    expect(offPolicy(example([]), 'a')).toBeNull();
  });

  it('comes to the value of the variant where an item is worth the same anywhere', () => {
    const [served, other] = [
      [0.4, 0.3, 0.2, 0.1],
      [0.1, 0.2, 0.3, 0.4],
    ].map((p) => Float64Array.from(p));
    const worth = [0.1, 0.2, 0.6, 0.9];
    const random = new Random(3);
    let [reward, slates, truth] = [0, 0, 0];
    const n = 60_000;
    for (let i = 0; i < n; i++) {
      const { chosen, propensities } = drawSlate(served!, 1, random);
      const targetPropensities = slateProbabilities(other!, chosen);
      const positive = random.next() < worth[chosen[0]!]!;
      const slate = example([
        { propensity: propensities[0]!, targetPropensities: [targetPropensities[0]!, 0], positive },
      ]);
      const weighted = offPolicy(slate, 'a')!;
      reward += weighted.reward;
      slates += weighted.slates;
    }
    for (const [i, p] of other!.entries()) truth += p * worth[i]!;
    expect(slates / n).toBeCloseTo(1, 1);
    expect(reward / slates).toBeCloseTo(truth, 1);
  });
});
