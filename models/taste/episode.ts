// One user's episode: which item next, and what each answer says of all others.
import { type Belief, learn } from './prior.ts';

export interface EpisodeOptions {
  /**
   * Variances that an answer may have around the taste, each with the share of the belief's covariance that then
   * holds: which of them is right is learned from the answers, by their evidence.
   */
  readonly hypotheses: readonly { readonly noise: number; readonly share: number }[];
  /** Standard deviations added to the mean (upper confidence bound, Auer 2002). */
  readonly optimism: number;
}

interface Hypothesis {
  readonly belief: Belief;
  readonly noise: number;
  /** Logarithm of the evidence so far. */
  evidence: number;
}

export class TasteEpisode {
  readonly #hypotheses: Hypothesis[];
  readonly #optimism: number;

  /** @param belief is not changed */
  constructor({ mean, covariance }: Belief, { hypotheses, optimism }: EpisodeOptions) {
    this.#optimism = optimism;
    this.#hypotheses = hypotheses.map(({ noise, share }) => ({
      belief: { mean: mean.slice(), covariance: covariance.map((value) => value * share) },
      noise,
      evidence: 0,
    }));
  }

  /** What each item promises: mean and optimism over the hypotheses, weighed by their evidence. */
  scores(): Float64Array {
    const most = Math.max(...this.#hypotheses.map(({ evidence }) => evidence));
    const weights = this.#hypotheses.map(({ evidence }) => Math.exp(evidence - most));
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    const n = this.#hypotheses[0]!.belief.mean.length;
    const scores = new Float64Array(n);
    for (const [h, { belief }] of this.#hypotheses.entries()) {
      const weight = weights[h]! / total;
      for (let i = 0; i < n; i++) {
        const spread = Math.sqrt(Math.max(0, belief.covariance[i * n + i]!));
        scores[i]! += weight * (belief.mean[i]! + this.#optimism * spread);
      }
    }
    return scores;
  }

  /** Learns what an item was given. */
  learn(item: number, given: number): void {
    for (const one of this.#hypotheses) {
      const { belief, noise } = one;
      const spread = belief.covariance[item * (belief.mean.length + 1)]! + noise;
      const off = given - belief.mean[item]!;
      one.evidence -= (Math.log(spread) + (off * off) / spread) / 2;
      learn(belief, item, given, noise);
    }
  }
}
