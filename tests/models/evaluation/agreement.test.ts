import { describe, expect, it } from '@jest/globals';
import { agreementRows } from '../../../models/evaluation/agreement.ts';
import { loggedExample } from '../../../models/evaluation/logged-example.ts';
import { kendall } from '../../../models/metrics/kendall.ts';
import type { Policy, PredictionContext } from '../../../models/policy.ts';
import { newUser } from '../../../models/user/track.ts';

describe('kendall', () => {
  it('is concordant less discordant pairs', () => {
    // 1 2 3 4 against 1 3 2 4: five of six agree.
    expect(kendall([1, 2, 3, 4], [1, 3, 2, 4])).toBeCloseTo(4 / 6, 12);
    expect(kendall([1, 2, 3], [3, 2, 1])).toBe(-1);
    expect(kendall([1, 1, 2], [1, 2, 3])).toBeCloseTo(2 / 3, 12);
    expect(kendall([1], [1])).toBeNaN();
  });
});

describe('agreementRows', () => {
  const slate = (n: number, likes: readonly boolean[]) =>
    loggedExample(
      String(n),
      n,
      newUser('u'),
      likes.map((positive, i) => ({
        itemId: `${n}-${i}`,
        groups: [],
        positive,
        reward: positive ? 1 : 0,
      })),
    );
  const slates = [slate(0, [true, false]), slate(1, [false, true, false, false])];
  const policy = (name: string, score: (i: number) => number): Policy => ({
    name,
    version: 0,
    scores: ({ candidates }) => Float64Array.from(candidates, (_, i) => score(i)),
  });
  const liked = new Set(
    slates.flatMap(({ items }) =>
      items.filter(({ positive }) => positive).map((one) => one.itemId),
    ),
  );
  /** Knows what is liked. */
  const simulator = (ofLiked: number, ofOthers: number) => ({
    predict: ({ items }: PredictionContext) =>
      items.map(({ itemId }) => (liked.has(itemId) ? ofLiked : ofOthers)),
  });
  const even = policy('even', () => 0);
  const first = policy('first', (i) => -50 * i);
  const value = (rows: ReturnType<typeof agreementRows>, model: string, metric: string) =>
    rows.find((row) => row.model === model && row.metric === metric)!.value;

  it('values what a policy would have picked, by the log and by the simulator', () => {
    const rows = agreementRows([even, first], simulator(0.9, 0.1), slates);
    expect(value(rows, 'policy even', 'IPS')).toBeCloseTo((1 / 2 + 1 / 4) / 2, 12);
    // .95 of the pick and .05 spread: the like of the first slate, and .05/4 of the second's.
    expect(value(rows, 'policy first', 'IPS')).toBeCloseTo((0.975 + 0.0125) / 2, 9);
    expect(value(rows, 'policy even', 'simulated')).toBeCloseTo((0.5 + 0.3) / 2, 12);
    expect(value(rows, 'policies', 'Kendall')).toBe(1);
  });

  it('has −1 where the simulator has it the wrong way round', () => {
    const rows = agreementRows([even, policy('liked', (i) => -50 * i)], simulator(0.1, 0.9), [
      slates[0]!,
    ]);
    expect(value(rows, 'policies', 'Kendall')).toBe(-1);
  });
});
