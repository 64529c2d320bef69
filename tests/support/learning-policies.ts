// How well each learning policy is to learn in the seeded world; the suite runs over all of them.
import type { Learns } from './describe-learning-policy.ts';

const requests = 1500;

/** Margins are below what was measured in worlds 1 to 3, and above what chance could give. */
export const families: Readonly<Record<string, Readonly<Record<string, Learns>>>> = {
  baselines: {
    'like-rate': { requests, margin: 1.2 },
    means: { requests, margin: 1.1 },
    'decayed-popularity': { requests, margin: 1.15 },
    'item-knn': { requests, margin: 1.1 },
    markov: { requests, margin: 1.15 },
  },
  bandits: {
    'lin-ucb': { requests, margin: 1.35 },
    'linear-thompson': { requests, margin: 1.3 },
    'epsilon-greedy': { requests, margin: 1.4 },
    'square-cb': { requests, margin: 1.4 },
    'factorization-adagrad': { requests, margin: 1.4 },
    'factorization-ftrl': { requests, margin: 1.4 },
    millrace: { requests, margin: 1.4, temperature: 0.35 },
  },
  reinforcement: {
    'actor-critic': { requests, margin: 1.3 },
    ppo: { requests, margin: 1.4 },
    grpo: { requests, margin: 1.3 },
    dpo: { requests, margin: 1.4 },
    'top-k': { requests, margin: 1.3 },
    'doubly-robust': { requests, margin: 1.4 },
  },
  heads: {
    llm: { requests, margin: 1.25, vectors: true },
    'llm-softmax': { requests, margin: 1.25, vectors: true },
    'llm-ppo': { requests, margin: 1.25, vectors: true },
    'llm-grpo': { requests, margin: 1.25, vectors: true },
  },
};
