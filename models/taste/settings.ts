// Settings of the taste model on Coat, chosen on train.ascii alone.
import type { EpisodeOptions } from './episode.ts';
import type { TasteVariances } from './prior.ts';

/**
 * Variances by marginal likelihood of the ratings of 110 of the 290 users of train.ascii, 14 steps of the
 * multiplicative update σ² ← σ² √(αᵀKα / tr(K⁻¹K_σ)) (Zhou, Hu, Zhou & Lange 2019), in squares of stars.
 */
const variances: TasteVariances = {
  everybody: { level: 0.076, item: 0.12, features: 0.101, choices: 0.003 },
  user: { level: 0.269, item: 0, features: 0.086, choices: 0.039 },
  userFeatures: { level: 0.005, item: 0.027, features: 0.049, choices: 0 },
  userChoices: { level: 0, item: 0.03, features: 0.015, choices: 0.03 },
  noise: 0.975,
};

export const coatTaste = Object.freeze({ variances, choiceRank: 12 });

/**
 * The noise and how much users differ are learned in the episode. The optimism and the shares were chosen in
 * worlds drawn from the beliefs themselves, where an optimism of 0 to .5 earns alike.
 */
export const episodeOptions: EpisodeOptions = Object.freeze({
  hypotheses: [1, 0.5, 0.25, 0.12].flatMap((noise) =>
    [2, 1, 0.4].map((share) => ({ noise, share })),
  ),
  optimism: 0.25,
});
