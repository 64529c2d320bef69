// Slate estimators: their expectations over every slate of a small world, by enumeration.
import { describe, expect, it } from '@jest/globals';
import { slateProbabilities } from '../../../models/exploration.ts';
import { estimateOf, type Terms } from '../../../models/ope/rounds.ts';
import { cascadeDr } from '../../../models/ope/slate/cascade-dr.ts';
import {
  plackettLuceSlates,
  type SlateDistribution,
  slotMarginals,
} from '../../../models/ope/slate/distribution.ts';
import {
  independentIps,
  rewardInteractionIps,
  standardSlateIps,
} from '../../../models/ope/slate/ips.ts';
import {
  factoredWeight,
  pseudoInverse,
  pseudoInverseWeights,
} from '../../../models/ope/slate/pseudo-inverse.ts';
import type { SlateRounds } from '../../../models/ope/slate/rounds.ts';
import { pseudoSolve } from '../../../models/ope/slate/symmetric.ts';

const slots = 2;
const logging = Float64Array.from([0.4, 0.3, 0.2, 0.1]);
const target = Float64Array.from([0.1, 0.2, 0.3, 0.4]);
const logged = plackettLuceSlates(logging, slots);
const wanted = plackettLuceSlates(target, slots);

type Rewards = (slate: readonly number[]) => number[];
const main = [0.1, 0.5, 0.3, 0.9];
/** A slot's reward depends on its own item alone. */
const independent: Rewards = (slate) => slate.map((item, slot) => main[item]! / (1 + slot));
/** … and on the items above. */
const cascade: Rewards = ([a, b]) => [main[a!]!, main[b!]! * (a === 3 ? 0.2 : 1)];
/** … and on those below. */
const tangled: Rewards = ([a, b]) => [main[a!]! * (b === 2 ? 3 : 1), main[b!]! * main[a!]!];

const valueUnder = ({ slates, probabilities }: SlateDistribution, rewards: Rewards) =>
  slates.reduce(
    (sum, slate, s) => sum + probabilities[s]! * rewards(slate).reduce((a, b) => a + b, 0),
    0,
  );

/** E₀ of an estimator of one slate. */
function expectation(
  rewards: Rewards,
  estimate: (rounds: SlateRounds, slate: readonly number[]) => Terms,
): number {
  return logged.slates.reduce((sum, slate, s) => {
    const shown = slateProbabilities(logging, slate);
    const would = slateProbabilities(target, slate);
    const conditional = Float64Array.from(would, (p, slot) => p / shown[slot]!);
    const rounds = { slots, rewards: Float64Array.from(rewards(slate)), conditional };
    return sum + logged.probabilities[s]! * estimateOf(estimate(rounds, slate));
  }, 0);
}

const items = 4;
const ratio = slotMarginals(wanted).map((p, at) => p / slotMarginals(logged)[at]!);
const marginalIps = (rounds: SlateRounds, slate: readonly number[]) =>
  independentIps(
    rounds,
    Float64Array.from(slate, (item, slot) => ratio[slot * items + item]!),
  );
const piWeights = pseudoInverseWeights(logged, wanted);
const pi = (rounds: SlateRounds, slate: readonly number[]) => {
  const weight = slate.reduce((sum, item, slot) => sum + piWeights[slot * items + item]!, 0);
  return pseudoInverse(rounds, Float64Array.of(weight));
};

describe('distributions of slates', () => {
  it('lists 4 · 3 slates of probability 1 in all, each item once a slot', () => {
    expect(logged.slates).toHaveLength(12);
    expect(logged.probabilities.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 14);
    // P(1 above 0) = 0.3 · 0.4 / 0.7.
    const at = logged.slates.findIndex(([a, b]) => a === 1 && b === 0);
    expect(logged.probabilities[at]).toBeCloseTo((0.3 * 0.4) / 0.7, 14);
    expect(slotMarginals(logged)[3]).toBeCloseTo(0.1, 14);
  });
});

describe('by hand: two slates of two', () => {
  const rounds: SlateRounds = {
    slots: 2,
    rewards: Float64Array.of(1, 0, 1, 1),
    conditional: Float64Array.of(2, 0.5, 0.5, 3),
  };
  it('weighs whole slates, slots, or slots with those above', () => {
    expect(estimateOf(standardSlateIps(rounds))).toBeCloseTo((1 * 1 + 1.5 * 2) / 2, 14);
    expect(estimateOf(rewardInteractionIps(rounds))).toBeCloseTo((2 + 0.5 + 1.5) / 2, 14);
    const marginal = Float64Array.of(2, 1, 0.5, 2);
    expect(estimateOf(independentIps(rounds, marginal))).toBeCloseTo((2 + 0.5 + 2) / 2, 14);
    expect(estimateOf(pseudoInverse(rounds, Float64Array.of(3, -1)))).toBeCloseTo(0.5, 14);
  });

  it('corrects a cascade model slot by slot', () => {
    const model = {
      predicted: Float64Array.of(0.5, 0.25, 1, 0.5),
      expected: Float64Array.of(0.75, 0.5, 1.25, 0.25),
    };
    // First: 2 (1 − 0.5) + 0.75 + 1 (0 − 0.25) + 2 · 0.5 = 2.5.
    // Second: 0.5 (1 − 1) + 1.25 + 1.5 (1 − 0.5) + 0.5 · 0.25 = 2.125.
    expect(estimateOf(cascadeDr(rounds, model))).toBeCloseTo((2.5 + 2.125) / 2, 14);
  });
});

describe('in expectation over every slate', () => {
  it('standard IPS is unbiased whatever the rewards depend on', () => {
    for (const rewards of [independent, cascade, tangled]) {
      expect(expectation(rewards, standardSlateIps)).toBeCloseTo(valueUnder(wanted, rewards), 13);
    }
  });

  it('reward-interaction IPS is unbiased for rewards read downwards, and no further', () => {
    for (const rewards of [independent, cascade]) {
      const estimate = expectation(rewards, rewardInteractionIps);
      expect(estimate).toBeCloseTo(valueUnder(wanted, rewards), 13);
    }
    const off = expectation(tangled, rewardInteractionIps) - valueUnder(wanted, tangled);
    expect(Math.abs(off)).toBeGreaterThan(0.01);
  });

  it('independent IPS is unbiased for independent slots, and no further', () => {
    expect(expectation(independent, marginalIps)).toBeCloseTo(valueUnder(wanted, independent), 13);
    const off = expectation(cascade, marginalIps) - valueUnder(wanted, cascade);
    expect(Math.abs(off)).toBeGreaterThan(0.01);
  });

  it('the pseudo-inverse needs only the sum, where that is linear, and no further', () => {
    const summed: Rewards = (slate) => [0, independent(slate).reduce((a, b) => a + b, 0)];
    expect(expectation(summed, pi)).toBeCloseTo(valueUnder(wanted, independent), 10);
    expect(Math.abs(expectation(cascade, pi) - valueUnder(wanted, cascade))).toBeGreaterThan(0.005);
  });

  it('cascade-DR is unbiased for any model of rewards read downwards', () => {
    // As wrong as can be, but a function of the slot and what is above it.
    const q = (slot: number, above: readonly number[], item: number) =>
      0.3 * slot + 0.2 * item - 0.1 * (above[0] ?? 0);
    const estimate = expectation(cascade, (rounds, slate) => {
      const predicted = slate.map((item, slot) => q(slot, slate.slice(0, slot), item));
      const expected = slate.map((_, slot) => {
        const above = slate.slice(0, slot);
        return [0, 1, 2, 3]
          .filter((item) => !above.includes(item))
          .reduce((sum, item) => {
            const p = slateProbabilities(target, [...above, item]).at(-1)!;
            return sum + p * q(slot, above, item);
          }, 0);
      });
      return cascadeDr(rounds, {
        predicted: Float64Array.from(predicted),
        expected: Float64Array.from(expected),
      });
    });
    expect(estimate).toBeCloseTo(valueUnder(wanted, cascade), 13);
  });
});

describe('the pseudo-inverse', () => {
  it('of slots drawn independently is Σ wₖ − (K − 1)', () => {
    const draw = (first: number[], second: number[]): SlateDistribution => {
      const slates = [0, 1].flatMap((a) => [0, 1, 2].map((b) => [a, b]));
      const probabilities = Float64Array.from(slates, ([a, b]) => first[a!]! * second[b!]!);
      return { slates, probabilities, slots: 2, items: 3 };
    };
    const from = draw([0.3, 0.7], [0.2, 0.5, 0.3]);
    const to = draw([0.6, 0.4], [0.5, 0.1, 0.4]);
    const weights = pseudoInverseWeights(from, to);
    // Slate (1, 2): w = 0.4 / 0.7, 0.4 / 0.3.
    const factored = factoredWeight(Float64Array.of(0.4 / 0.7, 0.4 / 0.3));
    expect(factored).toBeCloseTo(0.4 / 0.7 + 0.4 / 0.3 - 1, 14);
    expect(weights[1]! + weights[3 + 2]!).toBeCloseTo(factored, 12);
  });

  it('solves a singular system with the smallest solution', () => {
    // M = [[2, 2], [2, 2]], v = (4, 4): x₁ + x₂ = 2, smallest at (1, 1); what is outside is dropped.
    const matrix = Float64Array.of(2, 2, 2, 2);
    expect([...pseudoSolve(matrix, Float64Array.of(4, 4))]).toEqual([
      expect.closeTo(1, 14),
      expect.closeTo(1, 14),
    ]);
    expect(pseudoSolve(matrix, Float64Array.of(5, 3))[0]).toBeCloseTo(1, 14);
  });

  it('inverts a regular one', () => {
    const matrix = Float64Array.of(4, 1, 0, 1, 3, 1, 0, 1, 2);
    const solution = pseudoSolve(matrix, Float64Array.of(6, 10, 8)); // of x = (1, 2, 3)
    for (const [i, x] of [1, 2, 3].entries()) expect(solution[i]).toBeCloseTo(x, 12);
  });
});
