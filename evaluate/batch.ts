// `millrace evaluate batch`: leave-one-out on MovieLens and Amazon's Beauty, ranked among all items.
import { join } from 'node:path';
import { movielens } from '../datasets/movielens.ts';
import { itemKnn } from '../models/bandit/baselines/item-knn.ts';
import { markov } from '../models/bandit/baselines/markov.ts';
import { millrace } from '../models/bandit/millrace/learner.ts';
import { ItemKnn } from '../models/baseline/item-knn.ts';
import { LastAction } from '../models/baseline/last-action.ts';
import { BatchEvaluation } from '../models/evaluation/batch.ts';
import { PolicyItems } from '../models/evaluation/policy-items.ts';
import { PopularItems, UniformItems } from '../models/evaluation/popular-items.ts';
import { HistoryItems } from '../models/evaluation/table-baselines.ts';
import { beautyBatch } from './held-out/beauty.ts';
import type { Protocol } from './protocol.ts';
import { rowExamples } from './row-examples.ts';
import { withScratch } from './scratch.ts';
import { likedRatings } from './sequential.ts';

export const batch: Protocol = {
  name: 'batch',
  doc: `Leave-one-out: of users with five ratings of 4 or more, the last is ranked among all items that such
users liked, less the user's own, after everything else was learned in time order. HR@10, NDCG@10, MRR.
The one before the last, kept for validation elsewhere, is learned too: no setting is chosen on it.
The learner draws nothing, so every seed gives it the same figures.
amazon-beauty: Beauty.txt, each user's last item among all items that the user has not had; HR@10, NDCG@10 by
mean ranks. Strict: the item before the last is in the history that is asked with, but not learned; "one
more learned": it is. The weights are learned with that item as the target, of users drawn by the seed.`,
  datasets: ['movielens', 'amazon-beauty'],
  async run(judged) {
    if (judged.dataset === 'amazon-beauty') return await beautyBatch(judged);
    const { dataset, folder, seed, signal, progress } = judged;
    return withScratch(async (scratch) => {
      const evaluation = new BatchEvaluation(
        [
          millrace.create(),
          new PolicyItems(itemKnn.create()),
          new PolicyItems(markov.create()),
          new HistoryItems(new ItemKnn()),
          new HistoryItems(new LastAction()),
          new PopularItems(),
          new UniformItems(seed),
        ],
        await positivesByUser(folder, scratch),
      );
      let done = 0;
      for await (const example of rowExamples(movielens, folder, scratch, likedRatings)) {
        signal.throwIfAborted();
        evaluation.take(example);
        if (++done % 10_000 === 0) progress(`${done} events learned`);
      }
      return { protocol: 'batch', dataset, seed, ...evaluation.result() };
    });
  },
};

async function positivesByUser(folder: string, scratch: string): Promise<Map<string, number>> {
  const positives = new Map<string, number>();
  await using log = await movielens.openRows(folder, { scratch: join(scratch, 'count') });
  for await (const rows of log.rows()) {
    for (const row of rows) {
      if (likedRatings.counts(row)) {
        positives.set(row.userId, (positives.get(row.userId) ?? 0) + 1);
      }
    }
  }
  return positives;
}
