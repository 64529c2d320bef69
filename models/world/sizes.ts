// Worlds by name, each with the life that is lived in it.
import type { WorldOptions } from './options.ts';

export interface Size {
  readonly world: WorldOptions;
  /** Number of requests of one life; each asks for a slate of `k` items out of `candidates`. */
  readonly requests: number;
  readonly candidates: number;
  readonly k: number;
}

/**
 * Sizes of worlds. `small`: every user is met often; `large`: most of what is asked was never tried
 * before.
 */
export const sizes: Readonly<Record<'small' | 'large', Size>> = {
  small: { world: {}, requests: 3000, candidates: 20, k: 3 },
  large: {
    world: { users: 400, items: 1000, topics: 8 },
    requests: 4000,
    candidates: 50,
    k: 5,
  },
};
