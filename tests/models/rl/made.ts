// Decisions made up from a seed, for tests of gradients.
import { WIDTH } from '../../../models/bandit/features.ts';
import { normal } from '../../../models/normal.ts';
import { Random } from '../../../models/random.ts';
import type { Transition } from '../../../models/rl/transition.ts';

const random = new Random(11);
const numbers = (n: number) => Float64Array.from({ length: n }, () => normal(random));

/** θ of about ±0.3. */
export const theta = numbers(WIDTH).map((z) => 0.3 * z);

/** `n` candidates, three of them shown; what was not shown stands for `copies` each. */
export function madeTransition(n: number, rewards = [1, 0, 1], copies = 1): Transition {
  return {
    userId: 'u',
    at: 0,
    weights: Float64Array.from(rewards, (_, j) => 0.8 - 0.2 * j),
    rows: numbers(n * WIDTH),
    copies: Float64Array.from({ length: n }, (_, i) => (i < rewards.length ? 1 : copies)),
    propensities: Float64Array.from(rewards, () => 0.1 + 0.4 * random.next()),
    rewards: Float64Array.from(rewards),
  };
}
