// A tabular log as the estimators want it.
import { MillraceError } from '../../schemas/errors.ts';
import type { ModelledRounds } from './rounds.ts';
import { lookUp, type RewardTable, type Table, type TabularLog } from './tabular.ts';
import { weightOf } from './weight.ts';

/**
 * Rounds for a policy that is given as a table, with a reward model fitted on this log.
 * @throws MillraceError `ope-propensity-invalid`
 */
export function tabularRounds(
  log: TabularLog,
  policy: Table,
  model: RewardTable,
): ModelledRounds & { readonly learned: NonNullable<ModelledRounds['learned']> } {
  const weights = weightsOf(log, lookUp(policy, log));
  const perContext = new Float64Array(log.contextCount);
  for (let cell = 0; cell < policy.values.length; cell++) {
    perContext[Math.floor(cell / policy.actions)]! += policy.values[cell]! * model.values[cell]!;
  }
  return {
    weights,
    rewards: log.rewards,
    predicted: lookUp(model, log),
    expected: Float64Array.from(log.contexts, (context) => perContext[context]!),
    learned: (effective) => learnedBy(log, policy, model, effective),
  };
}

/**
 * Rounds for a policy that is known at the logged actions only, as by the target propensities of
 * impressions. How often it takes each action is estimated: π̂(a|x) = Σ wᵢ 1[aᵢ = a] / Σ wᵢ over
 * the rounds in x.
 * @param probabilities π(aᵢ|xᵢ) of each round
 * @throws MillraceError `ope-propensity-invalid`
 */
export function targetRounds(
  log: TabularLog,
  probabilities: Float64Array,
  model: RewardTable,
): ModelledRounds {
  const { contexts, actions, contextCount, actionCount } = log;
  const weights = weightsOf(log, probabilities);
  const sums = new Float64Array(contextCount * actionCount);
  const totals = new Float64Array(contextCount);
  const rounds = new Float64Array(contextCount);
  for (let i = 0; i < weights.length; i++) {
    sums[contexts[i]! * actionCount + actions[i]!]! += weights[i]!;
    totals[contexts[i]!]! += weights[i]!;
    rounds[contexts[i]!]! += 1;
  }
  // Where the policy does nothing that was logged, every sum is 0 as well.
  const shares = sums.map((sum, cell) => sum / (totals[Math.floor(cell / actionCount)]! || 1));
  const made = tabularRounds(log, { values: shares, actions: actionCount }, model);
  // The shares are estimates too: a round moves them by its weight, towards its own action.
  const shared = (i: number) =>
    (weights[i]! * rounds[contexts[i]!]! * (made.predicted[i]! - made.expected[i]!)) /
    (totals[contexts[i]!]! || 1);
  const learned = (effective: Float64Array) =>
    made.learned(effective).map((value, i) => value + shared(i));
  return { ...made, weights, learned };
}

/**
 * Rounds with a reward model that has seen earlier rounds only (predict, then learn). So each
 * doubly robust term has the policy's value as its mean, whatever came before, as intervals that
 * hold at all times need.
 * @param prior number of rounds of ½ that the model begins with.
 * @default 1
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
  return {
    weights: weightsOf(log, lookUp(policy, log)),
    rewards: log.rewards,
    predicted,
    expected,
  };
}

/**
 * The model's part in the error of mean(expected − ŵ q): each round's share, by the delta method. A
 * reward moves its own cell by 1 / (rounds + prior), and every cell a little through the mean g.
 */
function learnedBy(
  { contexts, actions, rewards, contextCount }: TabularLog,
  policy: Table,
  { values, rounds, prior, overall }: RewardTable,
  effective: Float64Array,
): Float64Array {
  const n = contexts.length;
  const perContext = new Float64Array(contextCount);
  const cellOf = (i: number) => contexts[i]! * policy.actions + actions[i]!;
  for (let i = 0; i < n; i++) perContext[contexts[i]!]! += 1;
  /** How much the cell counts: Σᵢ π(a|xᵢ) − Σᵢ ŵᵢ over its rounds, then by one reward more. */
  const pull = policy.values.map((p, cell) => p * perContext[Math.floor(cell / policy.actions)]!);
  for (let i = 0; i < n; i++) pull[cellOf(i)]! -= effective[i]!;
  let throughMean = 0;
  for (let cell = 0; cell < pull.length; cell++) {
    pull[cell]! /= rounds[cell]! + prior || 1;
    throughMean += (prior * pull[cell]!) / n;
  }
  const shares = rewards.map((reward, i) => {
    const cell = cellOf(i);
    return pull[cell]! * (reward - values[cell]!) + throughMean * (reward - overall);
  });
  const centre = shares.reduce((sum, value) => sum + value, 0) / n;
  return shares.map((value) => value - centre);
}

function weightsOf({ propensities }: TabularLog, probabilities: Float64Array): Float64Array {
  return probabilities.map((probability, i) => {
    const propensity = propensities[i]!;
    if (propensity > 0 && propensity <= 1) return weightOf(probability, propensity);
    throw new MillraceError({
      code: 'ope-propensity-invalid',
      what: `Round ${i} of the log was taken with propensity ${propensity}.`,
      why: 'An action that was logged had a probability above 0, and at most 1.',
      todo: 'Log the probability that the draw used, or let the propensities be estimated.',
    });
  });
}
