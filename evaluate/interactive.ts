// `millrace evaluate interactive`: every policy let loose in the same seeded worlds.

import { demoVariants } from '../app/demo/recommender.ts';
import { loadLearner } from '../models/bandit/millrace/learner.ts';
import { PopularityPolicy } from '../models/bandit/popularity.ts';
import { UniformPolicy } from '../models/bandit/uniform.ts';
import { type Contender, type Life, lifeOf, rowsOf } from '../models/evaluation/interactive.ts';
import { policies } from '../models/policies.ts';
import type { LearningPolicy, Policy } from '../models/policy.ts';
import { mix32 } from '../models/random.ts';
import { sizes } from '../models/world/sizes.ts';
import { MillraceError } from '../schemas/errors.ts';
import type { Protocol } from './protocol.ts';

/** Number of worlds that a figure is the mean of. */
const WORLDS = 5;

/** Number of slates of one request that GRPO compares; they are really answered, not imagined. */
const GROUP = 4;

export const interactive: Protocol = {
  name: 'interactive',
  doc: `Policies decide, the people of a seeded world answer, the policies learn; ${WORLDS} worlds a seed.
Rewards are the world's true expectations. --data world is world:small; world:large is the other one.`,
  datasets: ['world'],
  seeded: true,
  async run({ dataset, folder, seed, signal, progress }) {
    const size = sizeOf(folder);
    const seeds = Array.from({ length: WORLDS }, (_, i) => mix32(seed * WORLDS + i) >>> 0);
    const lives = (contender: Contender): Life[] =>
      seeds.map((one) => {
        signal.throwIfAborted();
        return lifeOf(contender, size, one);
      });
    const [uniform, ...others] = contenders();
    const chance = lives(uniform!);
    const rows = rowsOf(uniform!.name, chance, chance);
    for (const contender of others) {
      rows.push(...rowsOf(contender.name, lives(contender), chance));
      progress(`${contender.name}: ${WORLDS} lives of ${size.requests} requests`);
    }
    return { protocol: 'interactive', dataset, n: WORLDS * size.requests, seed, rows };
  },
};

/** @throws MillraceError `evaluation-data-unknown` */
function sizeOf(name: string) {
  const size = name === '' ? sizes.small : Object.entries(sizes).find(([one]) => one === name)?.[1];
  if (size) return size;
  throw new MillraceError({
    code: 'evaluation-data-unknown',
    what: `There is no seeded world of the size ${name}.`,
    todo: `Use --data world:${Object.keys(sizes).join(' or world:')}.`,
  });
}

/**
 * Uniform, the popularity that is served, and every policy that learns without vectors; each
 * explores as it is served.
 */
export function contenders(): Contender[] {
  return [
    contender('uniform', () => ({ policy: new UniformPolicy() })),
    contender('popularity', () => {
      const learner = loadLearner();
      return { policy: new PopularityPolicy(learner), learn: (one) => learner.learn(one) };
    }),
    // A world has no language model.
    ...[...policies.values()].flatMap(({ name, source, needsVectors }) => {
      if (!source || source.name !== name || needsVectors) return [];
      return contender(name, () => {
        const policy: Policy & LearningPolicy = source.create();
        return { policy, learn: (one) => policy.learn(one) };
      });
    }),
  ].map((one) => (one.name === 'grpo' ? { ...one, slates: GROUP } : one));
}

/**
 * A contender that explores as the arm of the demo with its policy; without such an arm, at
 * temperature 1 with the same floor.
 */
function contender(name: string, create: Contender['create']): Contender {
  const arm = demoVariants.find(({ policy }) => policy === name);
  return { name, exploration: arm?.exploration ?? { temperature: 1, floor: 0.05 }, create };
}
