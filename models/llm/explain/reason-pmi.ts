// How much a reason speaks for an item, under a language model:
//   PMI(t; r) = log p(t | r) − log p(t)
// the likelihood of the item's title after the reason against the title alone (models/llm/pmi.ts, with
// a reason in the place of a history). A reason that names the item would speak for any item: its title
// is taken out first.
import type { Item } from '../../../schemas/topics/items.ts';
import { contentHash } from '../hash.ts';
import { Lru } from '../lru.ts';
import type { LanguageModel } from '../port.ts';
import { REASON_PMI_PROMPT } from '../roles/explainer.ts';
import { continuation } from '../roles/policy.ts';
import { plainReason } from './drafts.ts';
import type { ExplanationFacts } from './explanation-facts.ts';
import { factsOf, type Similarity } from './facts.ts';

export interface ReasonPmiOptions {
  /** Name of what the catalogue holds. @default 'movie' */
  noun?: string;
  /** Memory of log p(t). @default a memory of 20,000 titles */
  alone?: Lru<number>;
}

export class ReasonPmi {
  readonly #model: Pick<LanguageModel, 'name' | 'score'>;
  readonly #noun: string;
  readonly #alone: Lru<number>;

  constructor(model: Pick<LanguageModel, 'name' | 'score'>, options: ReasonPmiOptions = {}) {
    this.#model = model;
    this.#noun = options.noun ?? 'movie';
    this.#alone = options.alone ?? new Lru(20_000);
  }

  /**
   * Scores candidates by how much each one's plain reason for this user speaks for it: a number
   * that a policy can use.
   * @param liked items that the user liked, oldest first
   * @returns one score for each candidate, nats
   */
  async scores(
    candidates: readonly Item[],
    liked: readonly Item[],
    similarity?: Similarity,
  ): Promise<number[]> {
    const scores: number[] = [];
    for (const candidate of candidates) {
      const facts = factsOf(candidate, liked, similarity);
      scores.push(await this.pmi(plainReason(facts, this.#noun).text, facts));
    }
    return scores;
  }

  /**
   * How much a reason speaks for an item.
   * @param reason reason for the item, in the second person
   * @returns PMI, nats
   */
  async pmi(reason: string, { title }: Pick<ExplanationFacts, 'title'>): Promise<number> {
    const neutral = `You will like the ${this.#noun}`;
    const text = continuation(title);
    const key = contentHash(this.#model.name, `${REASON_PMI_PROMPT} ${this.#noun}`, text);
    let alone = this.#alone.get(key);
    if (alone === undefined) {
      alone = (await this.#model.score(neutral, [text]))[0]!;
      this.#alone.set(key, alone);
    }
    const prefix = `${unnamed(reason, title, this.#noun)} ${neutral}`;
    const [given] = await this.#model.score(prefix, [text]);
    return given! - alone;
  }
}

/** The reason without the item's title, with or without its year. */
function unnamed(reason: string, title: string, noun: string): string {
  const bare = title.replace(/ \(.*\)$/u, '');
  return [title, ...(bare.length > 3 ? [bare] : [])].reduce(
    (text, words) => text.replaceAll(words, `this ${noun}`),
    reason,
  );
}
