import { describe, expect, it } from '@jest/globals';
import {
  FidelityEvaluation,
  type FidelityModel,
  rewardDistance,
} from '../../../models/evaluation/fidelity.ts';
import { loggedExample } from '../../../models/evaluation/logged-example.ts';
import { aucError } from '../../../models/metrics/auc.ts';
import { brier } from '../../../models/metrics/brier.ts';
import { calibrationError } from '../../../models/metrics/calibration-error.ts';
import { wasserstein } from '../../../models/metrics/wasserstein.ts';
import { newUser } from '../../../models/user/track.ts';

describe('calibrationError', () => {
  it('is the mean gap of bins of equal mass', () => {
    // (.1 .2): |.15 − 0|; (.3 .4): |.35 − .5|; (.6 .8): |.7 − 1|; a third each.
    const p = [0.8, 0.1, 0.3, 0.2, 0.6, 0.4];
    const y = [1, 0, 1, 0, 1, 0];
    expect(calibrationError(p, y, 3)).toBeCloseTo((0.15 + 0.15 + 0.3) / 3, 12);
  });

  it('keeps equal probabilities together, in whatever order', () => {
    expect(calibrationError([0.5, 0.5, 0.5, 0.5], [1, 0, 0, 0], 2)).toBeCloseTo(0.25, 12);
    expect(calibrationError([0.5, 0.5, 0.5, 0.9], [0, 1, 1, 1], 2)).toBeCloseTo(
      (3 * (1 / 6) + 0.1) / 4,
      12,
    );
  });

  it('has more bins than answers, and none of nothing', () => {
    expect(calibrationError([0.2, 0.7], [0, 1])).toBeCloseTo(0.25, 12);
    expect(calibrationError([], [])).toBeNaN();
  });
});

describe('the other figures', () => {
  it('brier is the mean squared error', () => {
    expect(brier([0.8, 0.4], [1, 0])).toBeCloseTo(0.1, 12);
  });

  it('wasserstein compares order statistics', () => {
    expect(wasserstein([1, 0], [0, 0.5])).toBeCloseTo(0.25, 12);
    expect(wasserstein([3, 1, 2], [1, 2, 3])).toBe(0);
  });

  it('the error of an AUC is that of Hanley and McNeil', () => {
    // A = .8, two of each: Q₁ = 2/3, Q₂ = .7111; √((.16 + .02667 + .07111) / 4).
    expect(aucError(0.8, 2, 2)).toBeCloseTo(0.25386, 5);
  });

  it('the distance of rewards is between the users’ rates', () => {
    // Predicted .5 and .2, observed .5 and 1.
    const distance = rewardDistance([0.5, 0.5, 0.2], [true, false, true], ['a', 'a', 'b']);
    expect(distance).toBeCloseTo((0.3 + 0.5) / 2, 12);
  });
});

describe('FidelityEvaluation', () => {
  const example = (n: number, itemId: string, positive: boolean) =>
    loggedExample(String(n), n, newUser('u'), [
      { itemId, groups: [], positive, reward: positive ? 1 : 0 },
    ]);

  /** Says how many it has learned, in hundredths. */
  const counting = (frozen: boolean): FidelityModel => {
    let learned = 0;
    return {
      name: frozen ? 'frozen' : 'learning',
      frozen,
      predict: () => [learned / 100],
      learn: () => {
        learned++;
      },
    };
  };

  it('predicts before it learns, and what is frozen learns nothing held out', () => {
    const evaluation = new FidelityEvaluation([counting(true), counting(false)], null);
    evaluation.take(example(0, 'a', true), false);
    evaluation.take(example(1, 'a', false), false);
    evaluation.take(example(2, 'a', false), true);
    evaluation.take(example(3, 'b', true), true);
    evaluation.take(example(4, 'c', false), true);
    expect(evaluation.n).toBe(3);
    const value = (model: string, metric: string) =>
      evaluation.rows().find((row) => row.model === model && row.metric === metric)!.value;
    // Frozen says .02 of all three; the other .02, .03, .04.
    expect(value('frozen', 'AUC')).toBe(0.5);
    expect(value('frozen', 'Brier')).toBeCloseTo((0.02 ** 2 + 0.98 ** 2 + 0.02 ** 2) / 3, 12);
    expect(value('learning', 'Brier')).toBeCloseTo((0.02 ** 2 + 0.97 ** 2 + 0.04 ** 2) / 3, 12);
    expect(value('learning', 'AUC')).toBe(0.5);
    // Of b and c alone, the like comes first, with less.
    expect(value('learning', 'AUC unseen')).toBe(0);
    expect(value('learning', 'W1')).toBeCloseTo(1 / 3 - 0.03, 12);
  });
});
