// Pointwise mutual information of a title and a history under a language model:
//   PMI(t; h) = log p(t | h) − log p(t)
// (Holtzman et al. 2021, "Surface Form Competition", eq. 2: domain-conditional PMI.) The difference
// takes out how likely a title is by itself, which is most of a title's likelihood. Compare values of
// one history only: a history of any titles raises them all, since it shows what a title looks like.
import { contentHash } from './hash.ts';
import { Lru } from './lru.ts';
import type { LanguageModel } from './port.ts';
import { continuation, historyPrompt, neutralPrompt, PMI_PROMPT } from './roles/policy.ts';

export interface PmiOptions {
  /** Name of what the catalogue holds. @default 'movie' */
  noun?: string;
  /** Number of titles whose log p(t) is remembered. @default 20_000 */
  capacity?: number;
}

export class Pmi {
  readonly #model: LanguageModel;
  readonly #noun: string;
  readonly #neutral: Lru<number>;

  constructor(model: LanguageModel, options: PmiOptions = {}) {
    this.#model = model;
    this.#noun = options.noun ?? 'movie';
    this.#neutral = new Lru(options.capacity ?? 20_000);
  }

  /**
   * PMI of titles with a history.
   * @param history liked titles, oldest first
   * @returns one value for each title, nats; 0 without a history
   */
  async pmi(history: readonly string[], titles: readonly string[]): Promise<number[]> {
    const neutral = neutralPrompt(this.#noun);
    const prompt = historyPrompt(history, this.#noun);
    if (prompt === neutral || titles.length === 0) return titles.map(() => 0);
    const texts = titles.map(continuation);
    const alone = await this.#alone(neutral, texts);
    const given = await this.#model.score(prompt, texts);
    return given.map((value, i) => value - (alone[i] as number));
  }

  /** log p(t) of each title; the model is asked once for each title that is not remembered. */
  async #alone(neutral: string, texts: readonly string[]): Promise<number[]> {
    const key = (text: string) =>
      contentHash(this.#model.name, `${PMI_PROMPT} ${this.#noun}`, text);
    const known = new Map<string, number | undefined>();
    for (const text of texts) known.set(text, this.#neutral.get(key(text)));
    const missing = [...known.keys()].filter((text) => known.get(text) === undefined);
    const values = missing.length === 0 ? [] : await this.#model.score(neutral, missing);
    for (const [i, text] of missing.entries()) {
      known.set(text, values[i] as number);
      this.#neutral.set(key(text), values[i] as number);
    }
    return texts.map((text) => known.get(text) as number);
  }
}
