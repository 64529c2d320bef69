// Explanations in the words of reviews, beside what the user then wrote of the item.
import { type Review, readReviews } from '../../datasets/amazon-reviews.ts';
import { type EvaluationRow, meanRow } from '../../models/evaluation/evaluation.ts';
import { groundedRate } from '../../models/evaluation/grounding.ts';
import { languageRows, type Written } from '../../models/evaluation/language.ts';
import {
  noReviews,
  type ReviewFacts,
  reviewPrompt,
  reviewTemplate,
} from '../../models/llm/explain/review.ts';
import type { LanguageModel } from '../../models/llm/port.ts';
import { distinctN } from '../../models/metrics/language/distinct.ts';
import { rougeN } from '../../models/metrics/language/rouge.ts';
import { Random, shuffled } from '../../models/random.ts';
import { wordsOf } from '../../models/text/words.ts';

const noun = 'beauty product';
const MOST_TOKENS = 24;

export interface ReviewPair {
  readonly facts: ReviewFacts;
  /** Title of the review that the user wrote of the item. */
  readonly title: string;
  readonly text: string;
}

export interface ReviewPairs {
  readonly pairs: readonly ReviewPair[];
  /** The title that occurs most often in the reviews that belong to no pair. */
  readonly commonTitle: string;
  /** One text of these reviews, the one nearest to the others. */
  readonly constant: string;
}

/** Number of earlier reviews among which the constant sentence is sought. */
const SOUGHT = 120;

/**
 * Facts and reviews of `n` users, who are drawn by the seed. Nothing that was written after a target
 * is a fact for it.
 */
export async function reviewPairs(folder: string, n: number, seed: number): Promise<ReviewPairs> {
  const { heldOut, earlier } = await readReviews(folder);
  const byItem = Map.groupBy(earlier, ({ itemId }) => itemId);
  const pairs = shuffled(heldOut, new Random(seed))
    .slice(0, n)
    .map(({ history, target }): ReviewPair => {
      const { userId, itemId, at, title, text } = target;
      const others = (byItem.get(itemId) ?? []).filter(
        (one) => one.userId !== userId && one.at < at,
      );
      const own = history.filter((one) => one.at < at);
      return {
        facts: { own: own.map((one) => one.title), ofItem: others.map((one) => one.title) },
        title,
        text,
      };
    });
  const counts = new Map<string, number>();
  for (const { title } of earlier) counts.set(title, (counts.get(title) ?? 0) + 1);
  const [common] = [...counts].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1));
  const texts = shuffled(earlier, new Random(seed)).slice(0, SOUGHT);
  return { pairs, commonTitle: common?.[0] ?? '', constant: nearestToAll(texts) };
}

/** The text with the highest mean ROUGE-1 against the others: the best that can be said without a reader. */
function nearestToAll(reviews: readonly Review[]): string {
  const texts = reviews.map(({ text }) => ({ text, words: wordsOf(text) }));
  let best = { text: '', mean: -1 };
  for (const { text, words } of texts) {
    const total = texts.reduce((sum, other) => sum + rougeN(words, other.words, 1).f, 0);
    if (total / texts.length > best.mean) best = { text, mean: total / texts.length };
  }
  return best.text;
}

/** What each way of explaining says of each pair. */
export async function explanationsOf(
  { pairs, commonTitle, constant }: ReviewPairs,
  model: LanguageModel,
  seed: number,
  onPair: (done: number) => void,
): Promise<Map<string, string[]>> {
  const said = new Map<string, string[]>();
  const say = (name: string, text: string) => {
    said.set(name, [...(said.get(name) ?? []), text]);
  };
  const write = async (facts: ReviewFacts, temperature: number, drawn: number) => {
    const options = { maxTokens: MOST_TOKENS, stop: ['\n'], temperature, seed: drawn };
    return (await model.generate(reviewPrompt(facts, noun), options)).text.trim();
  };
  for (const [i, { facts }] of pairs.entries()) {
    say('most common title', commonTitle);
    say('constant sentence', constant);
    say('template', reviewTemplate(facts, noun));
    say("user's last title", facts.own.at(-1) ?? commonTitle);
    // Without facts the likeliest text is one for all: drawn, so that it is not one figure by chance.
    say('generator without facts', await write(noReviews, 0.7, seed + i));
    say('generator with facts', await write(facts, 0, seed));
    onPair(i + 1);
  }
  return said;
}

export function reviewRows(
  { pairs }: ReviewPairs,
  said: ReadonlyMap<string, readonly string[]>,
): EvaluationRow[] {
  return [...said].flatMap(([name, texts]) => {
    const beside = (reference: (pair: ReviewPair) => string): Written[] =>
      texts.map((candidate, i) => ({ candidate, reference: reference(pairs[i]!) }));
    return [
      ...languageRows(
        name,
        'title',
        beside(({ title }) => title),
      ),
      ...languageRows(
        name,
        'text',
        beside(({ text }) => text),
      ),
      ...ownRows(name, pairs, texts),
    ];
  });
}

/** What needs no reference: whether the texts differ, and whether the facts bear them out. */
function ownRows(
  model: string,
  pairs: readonly ReviewPair[],
  texts: readonly string[],
): EvaluationRow[] {
  const words = texts.map(wordsOf);
  const grounded = texts.map((text, i) =>
    groundedRate(text, [...pairs[i]!.facts.own, ...pairs[i]!.facts.ofItem], noun),
  );
  return [
    { model, metric: 'distinct-1', span: 'all', value: distinctN(words, 1) },
    { model, metric: 'distinct-2', span: 'all', value: distinctN(words, 2) },
    meanRow(model, 'grounded claims', grounded),
  ];
}
