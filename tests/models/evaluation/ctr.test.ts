// Prequential click prediction on events worked out by hand.
import { describe, expect, it } from '@jest/globals';
import { RateBaseline } from '../../../models/baseline/rate.ts';
import { ClickEvaluation, type Judge } from '../../../models/evaluation/ctr.ts';
import { loggedExample } from '../../../models/evaluation/logged-example.ts';
import { listNdcg } from '../../../models/metrics/graded.ts';
import { newUser } from '../../../models/user/track.ts';
import type { Example } from '../../../schemas/topics/examples.ts';

/** A page of items, `1` for a click. */
const page = (at: number, clicks: string): Example =>
  loggedExample(
    String(at),
    at,
    newUser('u'),
    [...clicks].map((one, i) => ({
      itemId: `i${i}`,
      groups: [],
      positive: one === '1',
      reward: Number(one),
    })),
  );

/** Says what it is told to, one list an example. */
function saying(name: string, ...answers: number[][]): Judge & { log: string[] } {
  const log: string[] = [];
  let asked = 0;
  return {
    name,
    log,
    predict: () => {
      log.push('predict');
      return Float64Array.from(answers[asked++]!);
    },
    learn: () => {
      log.push('learn');
    },
  };
}

const figure = (evaluation: ClickEvaluation, model: string, metric: string, span: string) =>
  evaluation
    .rows(true)
    .find((row) => row.model === model && row.metric === metric && row.span === span)?.value;

describe('ClickEvaluation', () => {
  it('predicts a whole page before it learns any of it', () => {
    const judge = saying('x', [0.1, 0.2], [0.3]);
    const evaluation = new ClickEvaluation([judge]);
    evaluation.add(page(1, '01'));
    evaluation.add(page(2, '0'));
    expect(judge.log).toEqual(['predict', 'learn', 'predict', 'learn']);
    expect(evaluation.n).toBe(3);
  });

  it('scores all items, the last half, and inside the pages that have both outcomes', () => {
    // p .9 .2 | .6 .8 | .5 against clicks 1 0 | 1 0 | 0.
    const evaluation = new ClickEvaluation([saying('x', [0.9, 0.2], [0.6, 0.8], [0.5])]);
    for (const [i, clicks] of ['10', '10', '0'].entries()) evaluation.add(page(i, clicks));
    // .9 beats .2, .8 and .5; .6 beats .2 and .5: 5 of 6 pairs.
    expect(figure(evaluation, 'x', 'AUC', 'all')).toBeCloseTo(5 / 6, 12);
    const loss = -(Math.log(0.9) + Math.log(0.8) + Math.log(0.6) + Math.log(0.2) + Math.log(0.5));
    expect(figure(evaluation, 'x', 'LogLoss', 'all')).toBeCloseTo(loss / 5, 12);
    // Items from floor(5 / 2) = 2: .6 loses to .8 and beats .5.
    expect(figure(evaluation, 'x', 'AUC', 'last-half')).toBeCloseTo(1 / 2, 12);
    // The first page is in order (1), the second is not (0); the third has no click.
    expect(figure(evaluation, 'x', 'AUC per impression', 'all')).toBeCloseTo(0.5, 12);
    const second = 1 / Math.log2(3);
    expect(figure(evaluation, 'x', 'NDCG@10', 'all')).toBeCloseTo((1 + second) / 2, 12);
    expect(figure(evaluation, 'x', 'NDCG@10', 'last-half')).toBeCloseTo(second, 12);
  });

  it('judges the rate of all that was before', () => {
    const evaluation = new ClickEvaluation([new RateBaseline()]);
    for (const [i, clicks] of ['11', '0'].entries()) evaluation.add(page(i, clicks));
    // 1/2 twice, then (2 + 1) / (2 + 2).
    const loss = -(2 * Math.log(0.5) + Math.log(0.25)) / 3;
    expect(figure(evaluation, 'rate', 'LogLoss', 'all')).toBeCloseTo(loss, 12);
  });
});

describe('listNdcg', () => {
  it('is 1 for the best order, whatever the number of positives', () => {
    expect(listNdcg([3, 2, 1], [1, 1, 0])).toBe(1);
    expect(listNdcg([3, 2, 1], [1, 1, 1], 2)).toBe(1);
  });

  it('shares the worth of tied ranks', () => {
    const [first, second, third] = [1, 1 / Math.log2(3), 0.5];
    expect(listNdcg([1, 1, 1], [0, 1, 0])).toBeCloseTo((first + second + third) / 3, 12);
    // Two of the tied are within k.
    expect(listNdcg([2, 1, 1, 1], [0, 1, 0, 0], 3)).toBeCloseTo((second + third) / 3, 12);
  });

  it('has no value without a positive', () => {
    expect(listNdcg([1, 2], [0, 0])).toBeNaN();
  });
});
