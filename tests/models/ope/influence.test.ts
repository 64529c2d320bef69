// The rounds' influence against differences: what one more copy of a round does to the estimate.

import { describe, expect, it } from '@jest/globals';
import { mean } from '../../../models/moments.ts';
import { estimatorNamed } from '../../../models/ope/estimators.ts';
import { estimateOf, influenceOf, type ModelledRounds } from '../../../models/ope/rounds.ts';
import { rewardTable, type TabularLog } from '../../../models/ope/tabular.ts';
import { tabularRounds, targetRounds } from '../../../models/ope/tabular-rounds.ts';

const log: TabularLog = {
  contexts: Int32Array.of(0, 0, 0, 1, 1, 0, 1, 1),
  actions: Int32Array.of(0, 1, 0, 1, 0, 2, 2, 1),
  rewards: Float64Array.of(1, 0, 0, 1, 1, 0, 1, 0),
  propensities: Float64Array.of(0.5, 0.25, 0.5, 0.125, 0.5, 0.25, 0.4, 0.125),
  contextCount: 2,
  actionCount: 3,
};
const n = log.actions.length;
const policy = { values: Float64Array.of(0.2, 0.3, 0.5, 0.25, 0.5, 0.25), actions: 3 };
const target = Float64Array.of(0.3, 0.2, 0.1, 0.5, 0.9, 0.5, 0.2, 0.4);
const PRIOR = 3;

type Make = (rows: number[], prior: number) => ModelledRounds;

/** The log with its rows as listed. */
const taken = (rows: number[]): TabularLog => ({
  ...log,
  contexts: Int32Array.from(rows, (row) => log.contexts[row]!),
  actions: Int32Array.from(rows, (row) => log.actions[row]!),
  rewards: Float64Array.from(rows, (row) => log.rewards[row]!),
  propensities: Float64Array.from(rows, (row) => log.propensities[row]!),
});
const asTable: Make = (rows, prior) =>
  tabularRounds(taken(rows), policy, rewardTable(taken(rows), prior));
const asTarget: Make = (rows, prior) =>
  targetRounds(
    taken(rows),
    Float64Array.from(rows, (row) => target[row]!),
    rewardTable(taken(rows), prior),
  );

const estimators = ['ipw', 'snipw', 'dm', 'dr', 'sndr', 'switch-dr(2)', 'dr-os(5)', 'sg-dr(0.1)'];

describe.each([
  ['a policy given as a table', asTable],
  ['a policy given by its probabilities of the logged actions', asTarget],
])('%s', (_, make) => {
  it.each(estimators)('%s', (name) => {
    const { terms } = estimatorNamed(name)!;
    const rows = Array.from({ length: n }, (_, i) => i);
    const influence = influenceOf(terms(make(rows, PRIOR)));
    const value = estimateOf(terms(make(rows, PRIOR)));
    expect(mean(influence)).toBeCloseTo(value, 12);
    // Many copies of the log: one round more or less is then a small step. The prior grows with the
    // rounds, so that only their shares count.
    const copies = 400;
    const many = Array.from({ length: copies * n }, (_, i) => i % n);
    const at = (changed: number[]) =>
      estimateOf(terms(make(changed, (PRIOR * changed.length) / n)));
    for (let i = 0; i < n; i++) {
      const slope = (copies * n * (at([...many, i]) - at(many.toSpliced(i, 1)))) / 2;
      expect(influence[i]! - value).toBeCloseTo(slope, 4);
    }
  });
});
