// Does a policy learn? Its true reward in the seeded world, beside chance and beside the best there is.

import { UniformPolicy } from '../../models/bandit/uniform.ts';
import type { PolicyKind } from '../../models/policy.ts';
import { live } from '../../models/world/live.ts';
import { madeVectors } from '../../models/world/vectors.ts';
import { World } from '../../models/world/world.ts';

export interface Curve {
  /** Mean expected clicks a slate over the last quarter of the requests. */
  readonly reward: number;
  /** The same of the best slates. */
  readonly best: number;
}

export interface Life {
  /** Requests in the seeded world; three items a slate of twenty candidates. */
  readonly requests: number;
  /** Slates answered at each request. @default 1 */
  readonly slates?: number;
  /** Divides the scores. @default 1 */
  readonly temperature?: number;
  /** Whether items have vectors, of a made language model. @default false */
  readonly vectors?: boolean;
}

/**
 * Lives through a world, learning from each request; the uniform policy for null. What is averaged is
 * the world's truth, not its clicks.
 */
export function lastQuarter(kind: PolicyKind | null, seed: number, life: Life): Curve {
  const { requests, slates = 1, temperature = 1 } = life;
  const policy = kind?.create();
  const learn = policy && { learn: policy.learn.bind(policy) };
  const world = new World({ seed });
  const vectors = life.vectors && { vectors: madeVectors(world) };
  const options = { requests, seed, slates, exploration: { temperature }, ...learn, ...vectors };
  let reward = 0;
  let best = 0;
  let n = 0;
  let index = 0;
  for (const served of live(world, policy ?? new UniformPolicy(), options)) {
    if (index++ < requests * 0.75) continue;
    reward += served.expected;
    best += served.best;
    n += 1;
  }
  return { reward: reward / n, best: best / n };
}
