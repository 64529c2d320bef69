// Stars predicted before they are learned, by hand; and that the value model learns.
import { describe, expect, it } from '@jest/globals';
import { millrace } from '../../models/bandit/millrace/learner.ts';
import { MeanValues } from '../../models/baseline/mean-values.ts';
import { loggedExample } from '../../models/evaluation/logged-example.ts';
import { RatingEvaluation } from '../../models/evaluation/rating.ts';
import { Random } from '../../models/random.ts';
import { newUser } from '../../models/user/track.ts';

const rated = (user: string, itemId: string, reward: number) =>
  loggedExample(`${user}-${itemId}`, 0, newUser(user), [
    { itemId, groups: [], positive: reward >= 4, reward },
  ]);

const both = { user: true, item: true };

describe('evaluate rating', () => {
  it('clips predictions and takes every value before it is learned', () => {
    const evaluation = new RatingEvaluation([new MeanValues('means', both)], { low: 0.5, high: 5 });
    evaluation.take(rated('u', 'a', 4)); // nothing known: 0, clipped to 0.5
    evaluation.take(rated('u', 'b', 2)); // the mean is 4, and so is the user's
    evaluation.take(rated('v', 'a', 3)); // mean 3, the item's: 3 + (4 − 3) / (1 + 5)
    const { n, rows } = evaluation.result();
    const errors = [-3.5, 2, 1 / 6];
    expect(n).toBe(3);
    const value = (metric: string, span: string) =>
      rows.find((row) => row.metric === metric && row.span === span)!.value;
    const squares = errors.map((error) => error ** 2);
    expect(value('RMSE', 'all')).toBeCloseTo(Math.sqrt((squares[0]! + 4 + squares[2]!) / 3), 12);
    expect(value('MAE', 'all')).toBeCloseTo((3.5 + 2 + 1 / 6) / 3, 12);
    expect(value('MAE', 'last-half')).toBeCloseTo((2 + 1 / 6) / 2, 12);
  });
});

describe('the value model', () => {
  /** User u gives item i: 3 + taste(u) + worth(i) and noise, half the time in a unit of its own. */
  function* world(n: number, unit: number) {
    const random = new Random(5);
    const draw = () => (random.next() + random.next() - 1) * 1.5;
    const [users, items] = [40, 60].map((size) => Array.from({ length: size }, draw));
    for (let i = 0; i < n; i++) {
      const [u, j] = [random.below(40), random.below(60)];
      const value = unit * (3 + users![u]! + items![j]! + 0.3 * draw());
      yield loggedExample(`${i}`, i, newUser(`${u}`), [
        { itemId: `${j}`, groups: [], positive: value > 3 * unit, reward: value },
      ]);
    }
  }

  it.each([1, 200])('learns values in a unit of %d', (unit) => {
    const evaluation = new RatingEvaluation(
      [
        millrace.create(),
        new MeanValues('means', both),
        new MeanValues('mean', { user: false, item: false }),
      ],
      { low: -Infinity, high: Infinity },
    );
    for (const example of world(4000, unit)) evaluation.take(example);
    const rmse = evaluation
      .result()
      .rows.filter(({ metric, span }) => metric === 'RMSE' && span === 'last-half')
      .map(({ value }) => value / unit);
    const [ours, means, mean] = rmse as [number, number, number];
    expect(ours).toBeLessThan(0.45 * mean);
    expect(ours).toBeLessThan(means * 1.05);
  });

  it('goes on as if it had never been saved', () => {
    const [learner, examples] = [millrace.create(), [...world(300, 1)]];
    for (const example of examples.slice(0, 200)) learner.learn(example);
    const copy = millrace.load(learner.save());
    for (const example of examples.slice(200)) {
      expect(copy.predictValues(example)).toEqual(learner.predictValues(example));
      learner.learn(example);
      copy.learn(example);
    }
    expect(copy.save()).toEqual(learner.save());
  });

  it('expects nothing that the log has not had', () => {
    const learner = millrace.create();
    for (const [i, value] of [5, 5, 5, 4, 5, 5].entries())
      learner.learn(rated(`u${i}`, 'a', value));
    const [value] = learner.predictValues(rated('u1', 'a', 0));
    expect(value).toBeGreaterThanOrEqual(4);
    expect(value).toBeLessThanOrEqual(5);
  });
});
