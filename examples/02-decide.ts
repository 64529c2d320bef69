// A decision: a policy scores candidates, exploration makes a distribution of the scores, a slate is
// drawn from it by a seed, and the propensities it was drawn with are logged, never recomputed.
import { UniformPolicy } from '../models/bandit/uniform.ts';
import type { Policy } from '../models/policy.ts';
import { newUser } from '../models/user/track.ts';
import { requestOf } from '../schemas/request-border.ts';
import { type Decider, decide } from '../streams/serve/decide.ts';

/** A policy of your own: a score a candidate, higher is better. This one loves short names. */
const brevity: Policy = {
  name: 'brevity',
  version: 0,
  scores: ({ candidates }) => Float64Array.from(candidates, ({ itemId }) => -itemId.length),
};

const uniform = new UniformPolicy();

const decider: Decider = {
  salt: 'example',
  // A floor keeps every propensity above 0, so that every estimate from this log has support.
  variants: [
    { name: 'brevity', policy: 'brevity', share: 1, exploration: { temperature: 1, floor: 0.1 } },
    // No user is given this arm, and still its probabilities are logged, as target propensities.
    { name: 'uniform', policy: 'uniform', share: 0, exploration: {} },
  ],
  policyOf: (name) => (name === 'brevity' ? brevity : uniform),
  missing: [],
};

export function run(say: (line: string) => void = console.log) {
  const request = requestOf({ requestId: 'r-1', userId: 'ada', at: 0, k: 3, surface: 'home' });
  const candidates = ['Up', 'Ran', 'Solaris', 'Casablanca', 'M'].map((itemId) => ({
    itemId,
    groups: [],
    similarity: null,
  }));
  const draw = () => decide(decider, request, newUser('ada'), candidates);
  const slate = draw();
  for (const { position, itemId, propensity, targetPropensities } of slate.items) {
    const [, other] = targetPropensities;
    say(
      `${position}. ${itemId}: p = ${propensity.toFixed(3)}; uniform would have ${other?.toFixed(3)}`,
    );
  }
  say(`probability of the slate: ${Math.exp(slate.slateLogProb).toFixed(4)}`);
  say('The seed comes from the request, so a replay draws the same slate.');
  return { slate, again: draw() };
}

if (import.meta.main) run();
