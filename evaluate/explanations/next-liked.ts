// What a reason adds to a ranking: the next liked film among 20 as popular as each other, ranked by the
// likelihood of the title after the reason, and by what the reason is made of, without a model.
import { join } from 'node:path';
import { LIKED, movielens } from '../../datasets/movielens.ts';
import { type EvaluationRow, meanRow } from '../../models/evaluation/evaluation.ts';
import { type Choice, choicesOf, type Rated } from '../../models/evaluation/next-liked.ts';
import { factsOf, type Similarity, spokenTitle } from '../../models/llm/explain/facts.ts';
import { ReasonPmi } from '../../models/llm/explain/reason-pmi.ts';
import { Pmi } from '../../models/llm/pmi.ts';
import type { LanguageModel } from '../../models/llm/port.ts';
import { hitRate, ndcg, rankOf, type TiedRank } from '../../models/metrics/ranking.ts';
import { mean, squaredDeviations } from '../../models/moments.ts';
import { Random, shuffled } from '../../models/random.ts';
import type { VectorIndex } from '../../models/text/similarity.ts';
import type { Item } from '../../schemas/topics/items.ts';
import { withScratch } from '../scratch.ts';

/** Number of likes that a user state remembers. */
const MOST_LIKED = 20;

export interface Ranked {
  readonly items: ReadonlyMap<string, Item>;
  readonly choices: readonly Choice[];
}

/** One choice for each of `n` users, who are drawn by the seed. */
export async function choicesIn(folder: string, n: number, seed: number): Promise<Ranked> {
  const items = new Map<string, Item>();
  for await (const item of movielens.items(folder)) items.set(item.itemId, item);
  const ratings: Rated[] = [];
  await withScratch(async (scratch) => {
    await using log = await movielens.openRows(folder, { scratch: join(scratch, 'rows') });
    for await (const rows of log.rows()) {
      for (const { userId, itemId, at, value } of rows) {
        ratings.push({ userId, itemId, at, liked: value >= LIKED });
      }
    }
  });
  const byUser = [...choicesOf(ratings, { seed, most: 1 }).values()].flat();
  return { items, choices: shuffled(byUser, new Random(seed)).slice(0, n) };
}

/**
 * For each way to rank, the rank of the liked film in each choice, from 1; tied films share the
 * middle rank.
 */
export async function ranksOf(
  { items, choices }: Ranked,
  model: LanguageModel,
  index: VectorIndex,
  onChoice: (done: number, ranks: ReadonlyMap<string, readonly TiedRank[]>) => void,
): Promise<ReadonlyMap<string, readonly TiedRank[]>> {
  const pmi = new Pmi(model);
  const reasons = new ReasonPmi(model);
  const similarity: Similarity = (one, other) => index.similarity(index.profile([one]), other);
  const ranks = new Map<string, TiedRank[]>();
  for (const [done, choice] of choices.entries()) {
    const itemOf = (id: string) => items.get(id)!;
    const liked = choice.history.slice(-MOST_LIKED).map(itemOf);
    const candidates = choice.candidates.map(itemOf);
    const profile = index.profile(liked.map(({ itemId }) => itemId));
    const history = await pmi.pmi(
      liked.map(({ title }) => spokenTitle(title)),
      candidates.map(({ title }) => spokenTitle(title)),
    );
    const reason = await reasons.scores(candidates, liked, similarity);
    const scores: Record<string, number[]> = {
      'facts alone': candidates.map((item) => nearness(factsOf(item, liked, similarity).cited[0])),
      'vectors alone': candidates.map(({ itemId }) => index.similarity(profile, itemId) ?? 0),
      'PMI given history': history,
      'PMI given reason': reason,
      'PMI given history + given reason': sum(standard(history), standard(reason)),
      random: choice.candidates.map((_, i) => i),
    };
    for (const [name, values] of Object.entries(scores)) {
      const own = ranks.get(name) ?? [];
      own.push(rankOf(values, choice.liked));
      ranks.set(name, own);
    }
    onChoice(done + 1, ranks);
  }
  return ranks;
}

/** Similarity of the cited film, by which the reason was chosen. */
function nearness(
  cited:
    | { similarity: number | null; shared: readonly string[]; groups: readonly string[] }
    | undefined,
): number {
  if (!cited) return 0;
  return (cited.similarity ?? 0) + cited.shared.length / Math.max(1, cited.groups.length);
}

function standard(values: readonly number[]): number[] {
  const centre = mean(values);
  const variance = squaredDeviations(values) / values.length;
  return values.map((value) => (variance === 0 ? 0 : (value - centre) / Math.sqrt(variance)));
}

const sum = (a: readonly number[], b: readonly number[]) => a.map((value, i) => value + b[i]!);

/** NDCG@10 and HR@1, with standard errors of a mean. */
export function rankRows(ranks: ReadonlyMap<string, readonly TiedRank[]>): EvaluationRow[] {
  return [...ranks].flatMap(([model, own]) => {
    const row = (metric: string, values: readonly number[]) => meanRow(model, metric, values);
    return [
      row(
        'NDCG@10',
        own.map((rank) => ndcg(rank)),
      ),
      row(
        'HR@1',
        own.map((rank) => hitRate(rank, 1)),
      ),
    ];
  });
}
