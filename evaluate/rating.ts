// `millrace evaluate rating`: stars predicted one by one, before they are learned.
import { movielens } from '../datasets/movielens.ts';
import { millrace } from '../models/bandit/millrace/learner.ts';
import { MeanValues } from '../models/baseline/mean-values.ts';
import { RatingEvaluation } from '../models/evaluation/rating.ts';
import type { Protocol } from './protocol.ts';
import { ratings, rowExamples } from './row-examples.ts';
import { withScratch } from './scratch.ts';

const stars = { low: 0.5, high: 5 };

export const rating: Protocol = {
  name: 'rating',
  doc: `Stars, predicted one by one before they are learned, clipped to 0.5 to 5; RMSE, MAE.
The learner draws nothing, so every seed gives the same figures.`,
  datasets: ['movielens'],
  async run({ dataset, folder, seed, signal, progress }) {
    const evaluation = new RatingEvaluation(
      [
        millrace.create(),
        new MeanValues('user mean + item mean', { user: true, item: true }),
        new MeanValues('item mean', { user: false, item: true }),
        new MeanValues('user mean', { user: true, item: false }),
        new MeanValues('mean', { user: false, item: false }),
      ],
      stars,
    );
    await withScratch(async (scratch) => {
      let done = 0;
      for await (const example of rowExamples(movielens, folder, scratch, ratings)) {
        signal.throwIfAborted();
        evaluation.take(example);
        if (++done % 20_000 === 0) progress(`${done} ratings predicted and learned`);
      }
    });
    return { protocol: 'rating', dataset, seed, ...evaluation.result() };
  },
};
