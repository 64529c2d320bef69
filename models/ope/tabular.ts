// Logs of few contexts and actions: tables for the reward model, the propensities and the policies.
import { MillraceError } from '../../schemas/errors.ts';
import type { ModelledRounds } from './rounds.ts';

/** Rounds of a log whose contexts (a position, a segment) and actions are numbered from 0. */
export interface TabularLog {
  readonly contexts: Int32Array;
  readonly actions: Int32Array;
  readonly rewards: Float64Array;
  /** π₀(aᵢ|xᵢ), above 0. */
  readonly propensities: Float64Array;
  readonly contextCount: number;
  readonly actionCount: number;
}

/** One number for each (context, action), at `context · actions + action`. */
export interface Table {
  readonly values: Float64Array;
  readonly actions: number;
}

/**
 * q(a, x) = (Σ rewards + prior · g) / (rounds + prior), g the log's mean reward.
 * @param prior rounds of belief in g. @default 100
 */
export function rewardTable(log: TabularLog, prior = 100): Table {
  const { contexts, actions, rewards, contextCount, actionCount } = log;
  const sums = new Float64Array(contextCount * actionCount);
  const rounds = new Float64Array(sums.length);
  let total = 0;
  for (let i = 0; i < rewards.length; i++) {
    const cell = contexts[i]! * actionCount + actions[i]!;
    sums[cell]! += rewards[i]!;
    rounds[cell]! += 1;
    total += rewards[i]!;
  }
  const overall = total / rewards.length;
  const values = sums.map((sum, cell) => (sum + prior * overall) / (rounds[cell]! + prior));
  return { values, actions: actionCount };
}

/**
 * Propensities for a log without them: π̂₀(a|x) = (count(x, a) + prior / A) / (count(x) + prior).
 * Frequencies are the maximum-likelihood logging policy of a log whose policy saw only x; the
 * estimates inherit whatever else it looked at as bias.
 * @param prior rounds of belief in a uniform choice; keeps unseen actions possible. @default 1
 */
export function estimatePropensities(
  log: Omit<TabularLog, 'rewards' | 'propensities'>,
  prior = 1,
): Table {
  const { contexts, actions, contextCount, actionCount } = log;
  const values = new Float64Array(contextCount * actionCount).fill(prior / actionCount);
  const rounds = new Float64Array(contextCount).fill(prior);
  for (let i = 0; i < contexts.length; i++) {
    values[contexts[i]! * actionCount + actions[i]!]! += 1;
    rounds[contexts[i]!]! += 1;
  }
  const shares = values.map((count, cell) => count / rounds[Math.floor(cell / actionCount)]!);
  return { values: shares, actions: actionCount };
}

/** A table's value at each round's context and action. */
export function lookUp(table: Table, log: Pick<TabularLog, 'contexts' | 'actions'>): Float64Array {
  return Float64Array.from(
    log.actions,
    (action, i) => table.values[log.contexts[i]! * table.actions + action]!,
  );
}

/**
 * The log as the estimators want it, for a policy and a reward model given as tables.
 * @throws MillraceError `ope-propensity-invalid`
 */
export function tabularRounds(log: TabularLog, policy: Table, model: Table): ModelledRounds {
  const weights = weightsOf(log, lookUp(policy, log));
  return modelled(log, weights, policy, model);
}

/**
 * The same for a policy that is known at the logged actions only, as in the shadows of impressions:
 * how often it takes which action is estimated, π̂(a|x) = Σ wᵢ 1[aᵢ = a] / Σ wᵢ over the rounds in x.
 * @param probabilities π(aᵢ|xᵢ) of each round
 * @throws MillraceError `ope-propensity-invalid`
 */
export function shadowRounds(
  log: TabularLog,
  probabilities: Float64Array,
  model: Table,
): ModelledRounds {
  const { contexts, actions, contextCount, actionCount } = log;
  const weights = weightsOf(log, probabilities);
  const sums = new Float64Array(contextCount * actionCount);
  const totals = new Float64Array(contextCount);
  for (let i = 0; i < weights.length; i++) {
    sums[contexts[i]! * actionCount + actions[i]!]! += weights[i]!;
    totals[contexts[i]!]! += weights[i]!;
  }
  // Where the policy does nothing that was logged, every sum is 0 as well.
  const shares = sums.map((sum, cell) => sum / (totals[Math.floor(cell / actionCount)]! || 1));
  return modelled(log, weights, { values: shares, actions: actionCount }, model);
}

function weightsOf({ propensities }: TabularLog, probabilities: Float64Array): Float64Array {
  return probabilities.map((probability, i) => {
    const propensity = propensities[i]!;
    if (propensity > 0 && propensity <= 1) return probability / propensity;
    throw new MillraceError({
      code: 'ope-propensity-invalid',
      what: `Round ${i} of the log was taken with propensity ${propensity}.`,
      why: 'An action that was logged had a probability above 0, and at most 1.',
      todo: 'Log the probability that the draw used, or let the propensities be estimated.',
    });
  });
}

function modelled(
  log: TabularLog,
  weights: Float64Array,
  policy: Table,
  model: Table,
): ModelledRounds {
  const perContext = new Float64Array(log.contextCount);
  for (let cell = 0; cell < policy.values.length; cell++) {
    perContext[Math.floor(cell / policy.actions)]! += policy.values[cell]! * model.values[cell]!;
  }
  return {
    weights,
    rewards: log.rewards,
    predicted: lookUp(model, log),
    expected: Float64Array.from(log.contexts, (context) => perContext[context]!),
  };
}

/**
 * The same with a reward model that has seen the earlier rounds only (predict, then learn), so each
 * doubly robust term has the policy's value as its mean whatever came before: what intervals that
 * hold at all times need. The model begins at `prior` rounds of ½.
 */
export function sequentialRounds(log: TabularLog, policy: Table, prior = 1): ModelledRounds {
  const cells = policy.values.length;
  const model = { values: new Float64Array(cells).fill(0.5), actions: policy.actions };
  const seen = new Float64Array(cells).fill(prior);
  const predicted = new Float64Array(log.actions.length);
  const expected = new Float64Array(log.actions.length);
  for (let i = 0; i < predicted.length; i++) {
    const row = log.contexts[i]! * policy.actions;
    const cell = row + log.actions[i]!;
    for (let a = row; a < row + policy.actions; a++) {
      expected[i]! += policy.values[a]! * model.values[a]!;
    }
    predicted[i] = model.values[cell]!;
    seen[cell]! += 1;
    model.values[cell]! += (log.rewards[i]! - model.values[cell]!) / seen[cell]!;
  }
  return { ...tabularRounds(log, policy, model), predicted, expected };
}

/**
 * Share of what the policy does that the log holds no round of: mean over rounds of Σ π(a|xᵢ) over
 * the actions never logged in xᵢ. No reweighting can say anything about it.
 */
export function missingSupport(log: TabularLog, policy: Table): number {
  const seen = new Uint8Array(policy.values.length);
  for (let i = 0; i < log.actions.length; i++) {
    seen[log.contexts[i]! * log.actionCount + log.actions[i]!] = 1;
  }
  const missing = new Float64Array(log.contextCount);
  for (let cell = 0; cell < seen.length; cell++) {
    if (!seen[cell]) missing[Math.floor(cell / policy.actions)]! += policy.values[cell]!;
  }
  let total = 0;
  for (const context of log.contexts) total += missing[context]!;
  return total / log.contexts.length;
}
