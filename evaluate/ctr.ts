// `millrace evaluate ctr`: clicks predicted one event at a time, before anything of it is learned.
import { mind } from '../datasets/mind.ts';
import { movielens } from '../datasets/movielens.ts';
import { openBanditLog } from '../datasets/open-bandit-log.ts';
import { factorizationAdagrad, factorizationFtrl } from '../models/bandit/factorization/policy.ts';
import { linUcb } from '../models/bandit/linear/lin-ucb.ts';
import { millrace } from '../models/bandit/millrace/learner.ts';
import { MeansBaseline } from '../models/baseline/means.ts';
import { PopularityBaseline } from '../models/baseline/popularity.ts';
import { RateBaseline } from '../models/baseline/rate.ts';
import { ClickEvaluation } from '../models/evaluation/ctr.ts';
import { ScoredPolicy } from '../models/evaluation/scored-policy.ts';
import { newUser } from '../models/user/track.ts';
import type { Example } from '../schemas/topics/examples.ts';
import type { Judged, Protocol } from './protocol.ts';
import { ratings, rowExamples } from './row-examples.ts';
import { withScratch } from './scratch.ts';
import { stepExamples } from './step-examples.ts';

export const ctr: Protocol = {
  name: 'ctr',
  doc: `Clicks, predicted before they are learned, in one pass; AUC and LogLoss over all items.
movielens: one rating at a time, 4 stars or more are a click. mind: a page at a time, with the mean AUC
and NDCG@10 inside the pages that have a click and another item. open-bandit: the random log, a smoke test.
The learner draws nothing, so every seed gives the same figures.`,
  datasets: ['movielens', 'mind', 'open-bandit'],
  async run({ dataset, folder, campaign, seed, signal, progress }) {
    const evaluation = new ClickEvaluation([
      millrace.create(),
      new MeansBaseline(),
      new PopularityBaseline(),
      new RateBaseline(),
      ...[linUcb, factorizationAdagrad, factorizationFtrl].map(
        (kind) => new ScoredPolicy(kind.create()),
      ),
    ]);
    await withScratch(async (scratch) => {
      let said = 0;
      for await (const example of examplesOf({ dataset, folder, campaign }, scratch)) {
        signal.throwIfAborted();
        evaluation.add(example);
        if (evaluation.n - said < 20_000) continue;
        said = evaluation.n;
        progress(`${said} items predicted and learned`);
      }
    });
    const rows = evaluation.rows(dataset === 'mind');
    return { protocol: 'ctr', dataset, n: evaluation.n, seed, rows };
  },
};

function examplesOf(
  { dataset, folder, campaign }: Pick<Judged, 'dataset' | 'folder' | 'campaign'>,
  scratch: string,
): AsyncIterable<Example> {
  if (dataset === 'mind') return stepExamples(mind, folder, scratch);
  if (dataset === 'open-bandit') {
    return unnamed(stepExamples(openBanditLog(['random'], [campaign]), folder, scratch));
  }
  return rowExamples(movielens, folder, scratch, ratings);
}

/** The examples with one user for all, who has no history: the set names no visitors. */
async function* unnamed(examples: AsyncIterable<Example>): AsyncGenerator<Example> {
  const state = newUser('visitor');
  for await (const example of examples) yield { ...example, userId: state.userId, state };
}
