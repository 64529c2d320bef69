// A small bandit world with a known truth: what an interval should have covered.

import { toProbabilities } from '../../models/exploration.ts';
import { normal } from '../../models/normal.ts';
import type { Table, TabularLog } from '../../models/ope/tabular.ts';
import { Random } from '../../models/random.ts';

const CONTEXTS = 4;
const ACTIONS = 5;

export interface World {
  /** Click probability of each action in each context. */
  readonly rewards: Table;
  readonly logging: Table;
  readonly target: Table;
  /** Expected reward of the target policy. */
  readonly truth: number;
  /** Largest weight that a round can have. */
  readonly maxWeight: number;
}

/**
 * A world for a seed: click probabilities of 2 to 50 %, and a logging and a target policy that
 * differ.
 */
export function makeWorld(seed: number): World {
  const random = new Random(seed);
  const values = Float64Array.from(
    { length: CONTEXTS * ACTIONS },
    () => 0.02 + 0.48 * random.next(),
  );
  const logging = policy(random, 0.1);
  const target = policy(random, 0.02);
  let truth = 0;
  let maxWeight = 0;
  for (let cell = 0; cell < values.length; cell++) {
    truth += (target.values[cell]! * values[cell]!) / CONTEXTS;
    maxWeight = Math.max(maxWeight, target.values[cell]! / logging.values[cell]!);
  }
  return { rewards: { values, actions: ACTIONS }, logging, target, truth, maxWeight };
}

function policy(random: Random, floor: number): Table {
  const rows = Array.from({ length: CONTEXTS }, () =>
    toProbabilities(
      Array.from({ length: ACTIONS }, () => normal(random)),
      { floor },
    ),
  );
  return { values: Float64Array.from(rows.flatMap((row) => [...row])), actions: ACTIONS };
}

/** `n` rounds of the logging policy; contexts are equally likely. */
export function logOf(world: World, n: number, seed: number): TabularLog {
  const random = new Random(seed);
  const contexts = new Int32Array(n);
  const actions = new Int32Array(n);
  const rewards = new Float64Array(n);
  const propensities = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    const context = random.below(CONTEXTS);
    let point = random.next();
    let action = 0;
    while (action < ACTIONS - 1 && point >= at(world.logging, context, action)) {
      point -= at(world.logging, context, action);
      action += 1;
    }
    contexts[i] = context;
    actions[i] = action;
    rewards[i] = random.next() < at(world.rewards, context, action) ? 1 : 0;
    propensities[i] = at(world.logging, context, action);
  }
  return { contexts, actions, rewards, propensities, contextCount: CONTEXTS, actionCount: ACTIONS };
}

const at = (table: Table, context: number, action: number) =>
  table.values[context * table.actions + action]!;
