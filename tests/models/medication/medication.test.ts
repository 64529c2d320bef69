// Drug sets: agreement and interactions by hand, and models that learn habits.
import { describe, expect, it } from '@jest/globals';
import { DrugCounts } from '../../../models/medication/drug-counts.ts';
import { Interactions, interactionRate } from '../../../models/medication/interactions.ts';
import { NextDrug } from '../../../models/medication/next-drug.ts';
import { NextStay } from '../../../models/medication/next-stay.ts';
import { averagePrecision, f1, jaccard } from '../../../models/metrics/set-agreement.ts';
import { Random } from '../../../models/random.ts';

describe('agreement of sets', () => {
  it('is what is shared over what either has, and the harmonic mean of precision and recall', () => {
    expect(jaccard([1, 2, 3], new Set([2, 3, 4, 5]))).toBe(2 / 5);
    expect(f1([1, 2, 3], new Set([2, 3, 4, 5]))).toBe(4 / 7);
    expect([jaccard([], new Set()), f1([], new Set())]).toEqual([1, 1]);
  });

  it('averages precision over recall, equal scores together', () => {
    // Items 0 and 3: found first, then in a block of two at places 2 and 3: P = 2/3.
    expect(averagePrecision([0.9, 0.5, 0.1, 0.5], new Set([0, 3]))).toBeCloseTo(
      0.5 + 0.5 * (2 / 3),
    );
    expect(averagePrecision([0, 0, 0, 0], new Set([1]))).toBe(0.25);
  });
});

describe('interactions', () => {
  const interactions = new Interactions([
    [0, 1],
    [2, 1],
  ]);

  it('counts pairs of all sets together', () => {
    // {0,1,2}: 2 of 3 pairs; {0,2}: 0 of 1.
    expect(interactions.count([0, 1, 2])).toEqual({ interacting: 2, pairs: 3 });
    expect(interactionRate([[0, 1, 2], [0, 2], [5]], interactions)).toBe(0.5);
    expect(interactionRate([[7]], interactions)).toBe(0);
  });

  it('caps the rate, and lets drugs in again once the set is large enough', () => {
    expect(interactions.capped([0, 1, 2], 0)).toEqual([0, 2]);
    // 1 would make one pair of one; behind 3 and 4 it makes one pair of six.
    expect(interactions.capped([0, 1, 3], 0.2)).toEqual([0, 3]);
    expect(interactions.capped([0, 3, 4, 1], 0.2)).toEqual([0, 3, 4, 1]);
  });
});

describe('counts of drugs', () => {
  it('are as before when a stay was taken out and put back', () => {
    const counts = new DrugCounts(3, [
      [0, 1],
      [0, 2],
      [0, 1],
    ]);
    const row = () => {
      const column = new Float64Array(3);
      counts.addShares(0, 1, column);
      return [...column];
    };
    expect(row()).toEqual([0, 2 / 5, 1 / 5]);
    counts.remove([0, 1]);
    expect(row()).toEqual([0, 1 / 4, 1 / 4]);
    counts.add([0, 1]);
    expect(row()).toEqual([0, 2 / 5, 1 / 5]);
    expect(counts.share(1)).toBe(2.5 / 4);
  });
});

describe('the next stay', () => {
  it('learns that drug 0 is kept, drug 1 is dropped, and 2 follows 1', () => {
    const random = new Random(3);
    const patients = Array.from({ length: 40 }, () => {
      const rest = [5, 6, 7, 8].filter(() => random.next() < 0.5);
      return [
        [0, 1, ...rest],
        [0, 2, ...rest.slice(0, 1)],
      ];
    });
    const model = new NextStay(9, new DrugCounts(9, patients.flat()), patients);
    const scores = model.scores([[0, 1, 5]]);
    expect(model.set(scores)).toEqual(expect.arrayContaining([0, 2]));
    expect(model.set(scores)).not.toContain(1);
    // What others never had is not in a set.
    expect(model.set(scores)).not.toContain(3);
  });

  it('says the same again: what a patient teaches is forgotten', () => {
    const patients = [
      [[0, 1], [0]],
      [[1, 2], [1, 2], [1]],
    ];
    const model = new NextStay(3, new DrugCounts(3, patients.flat()), patients);
    const first = [...model.scores([[0, 1], [2]])];
    model.scores([[0], [1], [2], [0]]);
    expect([...model.scores([[0, 1], [2]])]).toEqual(first);
  });
});

describe('the next drug', () => {
  it('learns what a hospital gives', () => {
    const random = new Random(5);
    const stay = (hospital: string, last: number) => {
      const drugs = [0, 1, 2, 3, 4].sort(() => random.next() - 0.5);
      return { drugs: [...drugs, last], groups: [hospital], before: [] };
    };
    const stays = Array.from({ length: 30 }, (_, i) => (i % 2 ? stay('a', 5) : stay('b', 6)));
    const model = new NextDrug(7, new Int32Array(7).fill(-1), stays);
    const next = (hospital: string) => {
      const scores = model.scores({ drugs: [0, 1, 2, 3, 4], groups: [hospital], before: [] });
      expect(scores[0]).toBe(Number.NEGATIVE_INFINITY);
      return scores[5]! > scores[6]! ? 5 : 6;
    };
    expect([next('a'), next('b')]).toEqual([5, 6]);
  });
});
