// Logs of few contexts and actions: tables for the reward model, the propensities and the policies.

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

/** A table with one number for each (context, action), at `context · actions + action`. */
export interface Table {
  readonly values: Float64Array;
  readonly actions: number;
}

/** A reward model with the counts it was made of. */
export interface RewardTable extends Table {
  /** Number of the log's rounds in each cell. */
  readonly rounds: Float64Array;
  readonly prior: number;
  /** Mean reward g of the log. */
  readonly overall: number;
}

/**
 * The reward model q(a, x) = (Σ rewards + prior · g) / (rounds + prior), with g the log's mean
 * reward.
 * @param prior number of rounds of belief in g.
 * @default 100
 */
export function rewardTable(log: TabularLog, prior = 100): RewardTable {
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
  return { values, actions: actionCount, rounds, prior, overall };
}

/**
 * Propensities for a log without them: π̂₀(a|x) = (count(x, a) + prior / A) / (count(x) + prior).
 * Frequencies are the maximum-likelihood logging policy of a log whose policy saw x only; whatever
 * else it saw becomes bias of the estimates.
 * @param prior number of rounds of belief in a uniform choice, which keeps unseen actions possible.
 * @default 1
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
