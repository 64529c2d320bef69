// Measures what intents are worth. Which of twenty items is the next liked one is ranked by the
// intent alone, and by the learner with and without it; and how often an intent is wrong is told by
// how sure it was.

import type { Example } from '../../schemas/topics/examples.ts';
import { intentMatch, type Wish } from '../llm/intent-match.ts';
import type { Uncertainty } from '../llm/reasoner/reasoner.ts';
import { ndcg, rankOf } from '../metrics/ranking.ts';
import { mean } from '../moments.ts';
import type { Candidate, LearningPolicy } from '../policy.ts';
import { type EvaluationRow, meanRow } from './evaluation.ts';

/** A user at a moment, as each way of reading sees them. */
export interface Read {
  readonly wishes: Readonly<Record<string, Wish>>;
  /** Name of the way whose intents the learner is told. */
  readonly told: string;
}

interface Place {
  readonly itemId: string;
  readonly groups: readonly string[];
}

export class IntentGain {
  /** Number of choices ranked. */
  n = 0;
  readonly #plain: LearningPolicy;
  readonly #informed: LearningPolicy;
  /** NDCG@10, by model and user. */
  readonly #ndcg = new Map<string, Map<string, number[]>>();

  /**
   * @param plain a new learner without intents
   * @param informed a new learner of the same kind, which is told them
   */
  constructor(plain: LearningPolicy, informed: LearningPolicy) {
    this.#plain = plain;
    this.#informed = informed;
  }

  /** Takes a user's answer, before it is learned, with what was known of the user. */
  take(example: Example, read: Read | undefined, others: readonly Place[]): void {
    if (read && others.length > 0) this.#rank(example, read, others);
    this.#plain.learn(example);
    const wish = read?.wishes[read.told];
    this.#informed.learn(
      wish
        ? {
            ...example,
            items: example.items.map((item) => ({
              ...item,
              intent: intentMatch(wish, item.groups),
            })),
          }
        : example,
    );
  }

  /** Ranks the first candidate, the liked one. Ties count half, so its place tells nothing. */
  #rank({ at, state, userId, items }: Example, read: Read, others: readonly Place[]): void {
    this.n++;
    const places: Place[] = [items[0]!, ...others];
    const candidates = (wish?: Wish): Candidate[] =>
      places.map(({ itemId, groups }) => ({
        itemId,
        groups,
        similarity: null,
        intent: wish ? intentMatch(wish, groups) : null,
      }));
    for (const [name, wish] of Object.entries(read.wishes)) {
      const sure = { ...wish, uncertainty: 0 };
      this.#note(
        name,
        userId,
        places.map(({ groups }) => intentMatch(sure, groups)!),
      );
    }
    const context = { at, k: 10, state };
    const informed = { ...context, candidates: candidates(read.wishes[read.told]) };
    this.#note('learner', userId, this.#plain.scores({ ...context, candidates: candidates() }));
    this.#note('learner with intents', userId, this.#informed.scores(informed));
    this.#note(
      'random',
      userId,
      places.map(() => 0),
    );
  }

  #note(model: string, userId: string, scores: ArrayLike<number>): void {
    const byUser = this.#ndcg.get(model) ?? new Map<string, number[]>();
    this.#ndcg.set(model, byUser);
    byUser.set(userId, [...(byUser.get(userId) ?? []), ndcg(rankOf(scores, 0))]);
  }

  /**
   * Means over users with standard errors; the gain of the learner with intents is paired by user.
   */
  rows(): EvaluationRow[] {
    const means = new Map<string, Map<string, number>>();
    for (const [model, byUser] of this.#ndcg) {
      means.set(model, new Map([...byUser].map(([userId, values]) => [userId, mean(values)])));
    }
    const rows = [...means].map(([model, byUser]) =>
      meanRow(model, 'NDCG@10', [...byUser.values()]),
    );
    const plain = means.get('learner');
    const informed = means.get('learner with intents');
    if (!plain || !informed) return rows;
    const gains = [...informed].map(([userId, value]) => value - plain.get(userId)!);
    return [...rows, meanRow('learner with intents', 'gain in NDCG@10', gains)];
  }
}

/** A reading, how sure it was, and the share of its wanted groups that were not to come. */
export interface Verdict {
  readonly uncertainty: Uncertainty;
  readonly error: number;
}

/** Shares of the readings that are looked at, the surest first. */
const COVERAGES = [0.25, 0.5, 0.75, 1];

/** Mean error of the surest readings, for each way to say how sure they are. */
export function coverageRows(verdicts: readonly Verdict[]): EvaluationRow[] {
  const ways = ['entropy', 'orders', 'overall'] as const;
  return ways.flatMap((way) => {
    const sorted = verdicts.toSorted((a, b) => a.uncertainty[way] - b.uncertainty[way]);
    return COVERAGES.map((coverage) => {
      const some = sorted.slice(0, Math.max(1, Math.round(coverage * sorted.length)));
      const metric = `error at ${100 * coverage} %, below ${some.at(-1)!.uncertainty[way].toFixed(3)}`;
      return meanRow(
        `uncertainty: ${way}`,
        metric,
        some.map(({ error }) => error),
      );
    });
  });
}
