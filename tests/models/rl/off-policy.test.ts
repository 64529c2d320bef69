// Learning from somebody else's log alone: the policy never decides, and is then valued by the truth.

import { describe, expect, it } from '@jest/globals';
import { UniformPolicy } from '../../../models/bandit/uniform.ts';
import { toProbabilities } from '../../../models/exploration.ts';
import type { Policy, PolicyKind } from '../../../models/policy.ts';
import { dpo } from '../../../models/rl/dpo.ts';
import { grpo } from '../../../models/rl/grpo.ts';
import { ppo } from '../../../models/rl/ppo.ts';
import { FLOOR } from '../../../models/rl/slate-policy.ts';
import { topK } from '../../../models/rl/top-k.ts';
import { Crowd } from '../../../models/world/crowd.ts';
import type { Served } from '../../../models/world/live.ts';
import { live } from '../../../models/world/live.ts';
import { sampledValue } from '../../../models/world/value.ts';
import { World } from '../../../models/world/world.ts';
import type { Example } from '../../../schemas/topics/examples.ts';

const world = new World({ seed: 4 });
const log = [...live(world, new UniformPolicy(), { requests: 1500, seed: 4, slates: 3 })];
const moments = log.slice(-300);

/** Without what was not shown, as logs of today are. */
function shownOnly(example: Example): Example {
  return { ...example, unshown: [] };
}

/** True clicks a slate on the last requests of the log, by rested users. */
function earnedBy(policy: Policy): number {
  const crowd = new Crowd(world);
  const values = moments.map(({ context }: Served, i) => {
    const p = toProbabilities(policy.scores(context), { floor: FLOOR });
    const { at, k, state } = context;
    const candidates = context.candidates.map(({ itemId }) => itemId);
    return sampledValue(crowd, { userId: state.userId, at, k, candidates }, p, 4, i);
  });
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

const chance = earnedBy(new UniformPolicy());

describe.each<[string, PolicyKind, number, number]>([
  ['PPO', ppo, 1.7, 1.5],
  ['GRPO', grpo, 1.75, 1.7],
  ['DPO', dpo, 1.55, 1.55],
  ['the top-K correction', topK, 1.6, 1.25],
])('%s on a log of the uniform policy', (_, kind, whole, shown) => {
  const learnedFrom = (examples: (served: Served) => readonly Example[]) => {
    const policy = kind.create();
    for (const served of log) for (const example of examples(served)) policy.learn(example);
    return earnedBy(policy);
  };

  it(`earns ${whole} times the reward of chance, given the candidates`, () => {
    const value = learnedFrom(({ examples }) => (kind === grpo ? examples : examples.slice(0, 1)));
    expect(value / chance).toBeGreaterThan(whole);
  });

  it(`earns ${shown} times, given what was shown alone`, () => {
    const value = learnedFrom(({ examples }) =>
      (kind === grpo ? examples : examples.slice(0, 1)).map(shownOnly),
    );
    expect(value / chance).toBeGreaterThan(shown);
  });
});
