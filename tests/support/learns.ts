// Does a policy learn? Its true reward in the seeded world, beside chance and beside the best there is.

import { UniformPolicy } from '../../models/bandit/uniform.ts';
import type { PolicyKind } from '../../models/policy.ts';
import { World } from '../../models/world/world.ts';
import { liveIn } from './world.ts';

export interface Curve {
  /** Mean expected clicks a slate over the last quarter of the requests. */
  readonly reward: number;
  /** The same of the best slates. */
  readonly best: number;
}

/** Lives through `requests`, learning from each; the world's truth is averaged, not its clicks. */
export function lastQuarter(
  kind: PolicyKind | null,
  requests: number,
  seed: number,
  slates = 1,
): Curve {
  const policy = kind?.create();
  const learn = policy && { learn: policy.learn.bind(policy) };
  const options = { requests, seed, slates, ...learn };
  let reward = 0;
  let best = 0;
  let n = 0;
  const from = requests * 0.75;
  let index = 0;
  for (const served of liveIn(new World({ seed }), policy ?? new UniformPolicy(), options)) {
    if (index++ < from) continue;
    reward += served.expected;
    best += served.best;
    n += 1;
  }
  return { reward: reward / n, best: best / n };
}
