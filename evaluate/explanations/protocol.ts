// `millrace evaluate explanations`: what reasons are worth, as a step of ranking, as texts, and to a judge.
import { join } from 'node:path';
import { VectorFile } from '../../infra/llama/vector-file.ts';
import type { Evaluation } from '../../models/evaluation/evaluation.ts';
import type { LanguageModel } from '../../models/llm/port.ts';
import { ITEM_PROMPT, itemPrompt } from '../../models/llm/roles/representer.ts';
import { VectorIndex } from '../../models/text/similarity.ts';
import { explanations as topic } from '../../schemas/topics/explanations.ts';
import { judgements } from '../../schemas/topics/judgements.ts';
import type { Judged, Protocol } from '../protocol.ts';
import { evaluationModels } from './models.ts';
import { choicesIn, type Ranked, rankRows, ranksOf } from './next-liked.ts';
import { explanationsOf, reviewPairs, reviewRows } from './reviews.ts';
import { judged, writtenReasons, writtenRows } from './written.ts';

/** Largest number of choices ranked, and of pairs explained. */
const mostScored = 100;
/** Largest number of reasons written and judged; each asks the model some twenty times. */
const mostWritten = 30;

export const explanations: Protocol = {
  name: 'explanations',
  doc: `movielens: the next liked film among 20 as popular as each other, one choice a user, ranked by the
likelihood of the title after its reason, beside the history's and what the reason is made of (NDCG@10,
HR@1); what becomes of the model's own words; the judge on true and false reasons in both orders.
amazon-beauty: explanations beside the title and the text of the review the user wrote next (BLEU,
ROUGE), how different they are (distinct-1, distinct-2), and the share of their claims that the facts bear out;
the constant sentence, which says the same to everybody, shows what BLEU and ROUGE cannot tell. --limit choices or pairs (${mostScored}). Nothing is trained; the seed draws users and pairs.`,
  datasets: ['movielens', 'amazon-beauty'],
  run: (options) => (options.dataset === 'movielens' ? onMovies(options) : onReviews(options)),
};

async function onReviews(options: Judged): Promise<Evaluation> {
  const { dataset, folder, seed, limit = mostScored, signal, progress } = options;
  const pairs = await reviewPairs(folder, limit, seed);
  await using models = evaluationModels(options.config);
  const model = await models.of('explainer');
  const said = await explanationsOf(pairs, model, seed, (done) => {
    signal.throwIfAborted();
    if (done % 10 === 0) progress(`${done} of ${pairs.pairs.length} pairs explained`);
  });
  const rows = reviewRows(pairs, said);
  return { protocol: 'explanations', dataset, n: pairs.pairs.length, seed, rows };
}

async function onMovies(options: Judged): Promise<Evaluation> {
  const { dataset, folder, seed, limit = mostScored, signal, progress } = options;
  const ranked = await choicesIn(folder, limit, seed);
  await using models = evaluationModels(options.config);
  const index = await vectorsOf(ranked, await models.of('representer'), options);
  const model = await models.of('explainer');
  const saying = (what: string, every: number) => (done: number) => {
    signal.throwIfAborted();
    if (done % every === 0) progress(`${done} ${what}`);
  };
  const some = { ...ranked, choices: ranked.choices.slice(0, mostWritten) };
  const written = await writtenReasons(
    some,
    model,
    (one, other) => index.similarity(index.profile([one]), other),
    seed,
    saying('reasons written', 10),
  );
  const judge = await models.of('judge');
  const marks = await judged(written, judge, Date.now(), saying('reasons judged', 10));
  const ranks = await ranksOf(ranked, model, index, saying('choices ranked', 10));
  await options.keep?.(
    topic,
    written.map(({ record }) => record),
  );
  await options.keep?.(judgements, marks.judgements);
  const rows = [...rankRows(ranks), ...writtenRows(written), ...marks.rows];
  return { protocol: 'explanations', dataset, n: ranked.choices.length, seed, rows };
}

/** Vectors of every film in the choices; those that were made before are not made again. */
async function vectorsOf(
  { items, choices }: Ranked,
  model: LanguageModel,
  { config, signal }: Judged,
): Promise<VectorIndex> {
  const file = await VectorFile.open(join(config.partsDir, 'vectors'), model);
  const index = new VectorIndex(model.width);
  for (const { history, candidates } of choices) {
    for (const itemId of [...history.slice(-20), ...candidates]) {
      signal.throwIfAborted();
      if (index.has(itemId)) continue;
      const { text, title } = items.get(itemId)!;
      index.add(itemId, await file.vector(ITEM_PROMPT, itemPrompt(text || title)));
    }
  }
  return index;
}
