// What a reward model does to doubly robust learning: none, the truth, the truth turned round, the
// simulator's own; and the wrong one without the correction. Expected clicks a slate, by the seeded
// world's truth, by third of a life.
//   node bench/counterfactual.ts
import { UniformPolicy } from '../models/bandit/uniform.ts';
import { type Contender, lifeOf } from '../models/evaluation/interactive.ts';
import type { Shrinkage } from '../models/ope/shrinkage.ts';
import type { RewardModel } from '../models/reward/reward-model.ts';
import { DoublyRobust } from '../models/rl/doubly-robust.ts';
import { World } from '../models/world/world.ts';

const requests = 1200;
const worlds = [1, 2, 3];
const size = { world: {}, requests, candidates: 20, k: 3 };
/** Event time at which the worlds begin, ms; tastes hardly turn while a life lasts. */
const at = 1_700_000_000_000;

type Arm = (seed: number) => ReturnType<Contender['create']>;

const learning = (policy: DoublyRobust) => ({
  policy,
  learn: (example: Parameters<DoublyRobust['learn']>[0]) => policy.learn(example),
});

const believing =
  (of: (truth: number) => number, confidence: number, shrinkage?: Shrinkage): Arm =>
  (seed) => {
    const world = new World({ seed });
    const model: RewardModel = {
      predictItem: ({ userId }, { itemId }) =>
        of(1 / (1 + Math.exp(-world.interest(userId, itemId, at)))),
      learn: () => {},
      confidence: () => confidence,
      save: () => new Uint8Array(),
    };
    return learning(new DoublyRobust(model, shrinkage));
  };

const arms: Record<string, Arm> = {
  uniform: () => ({ policy: new UniformPolicy() }),
  none: believing(() => 0, 0),
  truth: believing((p) => p, 1),
  inverted: believing((p) => 1 - p, 1),
  'inverted, not corrected': believing(
    (p) => 1 - p,
    1,
    () => 0,
  ),
  'its own simulator': () => learning(new DoublyRobust()),
};

for (const [name, create] of Object.entries(arms)) {
  const thirds = [0, 0, 0];
  for (const seed of worlds) {
    const exploration = { temperature: 1, floor: 0.05 };
    const life = lifeOf({ name, exploration, create: () => create(seed) }, size, seed);
    for (const [n, reward] of life.earned.entries()) {
      thirds[Math.floor((3 * n) / requests)]! += (3 * reward) / (requests * worlds.length);
    }
  }
  process.stdout.write(`${name.padEnd(26)}${thirds.map((one) => one.toFixed(3)).join('  ')}\n`);
}
