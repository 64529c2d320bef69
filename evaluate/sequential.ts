// `millrace evaluate sequential`: the next item, ranked among all items before it is learned.
import { movielens } from '../datasets/movielens.ts';
import { taobao } from '../datasets/taobao.ts';
import { millrace } from '../models/bandit/millrace/learner.ts';
import { ItemKnn } from '../models/baseline/item-knn.ts';
import { LastAction } from '../models/baseline/last-action.ts';
import { PopularItems, UniformItems } from '../models/evaluation/popular-items.ts';
import { SequentialEvaluation } from '../models/evaluation/sequential.ts';
import { HistoryItems } from '../models/evaluation/table-baselines.ts';
import { industrialSequential } from './held-out/industrial.ts';
import type { Protocol } from './protocol.ts';
import { type RowReading, ratings, rowExamples } from './row-examples.ts';
import { withScratch } from './scratch.ts';

export const sequential: Protocol = {
  name: 'sequential',
  doc: `The next item of a user among all items that occurred before, less the user's history; scored from
the sixth event of a user on, for items that occurred before and are new to the user. HR@10, NDCG@10,
MRR. movielens: ratings of 4 or more alone. taobao: every event but a repeat of the user's last one.
The learner draws nothing, so every seed gives it the same figures.
amazon-industrial: the target of each row of test.csv among all items, repeats too; HR@10, NDCG@10 by mean
ranks. Learned are histories and targets of valid.csv and histories of test.csv, of each user only the first,
for a later one holds the target of the one before; strict: no target of valid.csv. The weights are learned from the targets of valid.csv, of rows drawn by the seed.`,
  datasets: ['movielens', 'taobao', 'amazon-industrial'],
  async run(judged) {
    if (judged.dataset === 'amazon-industrial') return await industrialSequential(judged);
    const { dataset, folder, seed, signal, progress } = judged;
    const evaluation = new SequentialEvaluation([
      millrace.create(),
      new PopularItems(),
      new HistoryItems(new ItemKnn()),
      new HistoryItems(new LastAction()),
      new UniformItems(seed),
    ]);
    const [log, reading] =
      dataset === 'taobao' ? [taobao, unrepeated()] : [movielens, likedRatings];
    await withScratch(async (scratch) => {
      let done = 0;
      for await (const example of rowExamples(log, folder, scratch, reading)) {
        signal.throwIfAborted();
        evaluation.take(example);
        if (++done % 10_000 === 0) progress(`${done} events ranked and learned`);
      }
    });
    return { protocol: 'sequential', dataset, seed, ...evaluation.result() };
  },
};

/** The likes of MovieLens; other ratings are not seen. */
export const likedRatings = {
  kind: 'rating',
  positive: () => true,
  counts: ratings.positive,
} satisfies RowReading;

function unrepeated(): RowReading {
  const last = new Map<string, string>();
  return {
    kind: 'click',
    positive: () => true,
    counts({ userId, itemId }) {
      const repeat = last.get(userId) === itemId;
      last.set(userId, itemId);
      return !repeat;
    },
  };
}
