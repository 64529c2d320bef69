// How much a user wants each group: by what they liked, and by how likely the model finds its name.
//
//   wish(g) = H (ln((n_g + A b_g) / (n + A)) − ln b_g) + M (ln p(g | told) − mean_k ln p(g | reference_k))
//
// n_g of n liked items are of group g, b_g is its share of the catalogue, A pseudo-items. The second
// half holds the model against itself after histories of nobody, which takes out how likely it finds a
// name after any titles (contextual calibration, Zhao et al. 2021, "Calibrate Before Use"); against
// the name alone, as for titles, it is no better than chance (docs/llm.md).
import { contentHash } from '../hash.ts';
import { Lru } from '../lru.ts';
import type { LanguageModel } from '../port.ts';
import { type Nouns, nothing, type Told, wantPrompts } from '../roles/reasoner.ts';
import type { WishFacts } from './claims.ts';
import type { Vocabulary } from './vocabulary.ts';

/** Number A of pseudo-items. */
const PRIOR = 5;
/** The weights H and M. */
export interface Weights {
  readonly history: number;
  readonly model: number;
}
/** Weights that were chosen on logged data (docs/llm.md). */
const WEIGHTS: Weights = { history: 1, model: 0.2 };
/**
 * Matches a name with digits. Digits say little to a model and cost a token each, so such a group
 * is only counted.
 */
const NUMBER = /\d/;

export class Wishes {
  readonly #model: Pick<LanguageModel, 'name' | 'score'>;
  readonly #nouns: Nouns;
  /** Mean log-probabilities over the references. */
  readonly #means = new Lru<readonly number[]>(16);

  readonly #weights: Weights;

  constructor(
    model: Pick<LanguageModel, 'name' | 'score'>,
    nouns: Nouns,
    weights: Weights = WEIGHTS,
  ) {
    this.#model = model;
    this.#nouns = nouns;
    this.#weights = weights;
  }

  /** A wish for each group of the vocabulary, nats, for each way to read what was told. */
  async of(told: Told, facts: WishFacts, vocabulary: Vocabulary): Promise<number[][]> {
    const { groups, shares } = vocabulary;
    const { history, model } = this.#weights;
    const counted = groups.map((group, i) => {
      const pseudo = PRIOR * shares[i]!;
      const liked = (facts.likes.get(group) ?? 0) + pseudo;
      return history * Math.log(liked / (facts.likedItems + PRIOR) / shares[i]!);
    });
    const asked = groups.filter((group) => !NUMBER.test(group));
    const readings: number[][] = [];
    for (const [form, prompt] of wantPrompts(told, this.#nouns).entries()) {
      const means = await this.#mean(form, asked, vocabulary);
      const scores = await this.#model.score(prompt, asked.map(nameOf));
      const lift = new Map(asked.map((group, i) => [group, scores[i]! - means[i]!]));
      readings.push(counted.map((value, i) => value + model * (lift.get(groups[i]!) ?? 0)));
    }
    return readings;
  }

  /** Mean over the references for one way to ask; the model is asked once. */
  async #mean(form: number, asked: readonly string[], { references }: Vocabulary) {
    const prompts = references.map(
      (liked) => wantPrompts({ ...nothing, liked }, this.#nouns)[form]!,
    );
    const key = contentHash(this.#model.name, JSON.stringify(prompts), JSON.stringify(asked));
    const known = this.#means.get(key);
    if (known) return known;
    const sums = asked.map(() => 0);
    for (const prompt of prompts) {
      const scores = await this.#model.score(prompt, asked.map(nameOf));
      for (const i of sums.keys()) sums[i]! += scores[i]! / prompts.length;
    }
    this.#means.set(key, sums);
    return sums;
  }
}

const nameOf = (group: string) => ` ${group}`;
