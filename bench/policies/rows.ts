// Lives put together: one row a kind, beside uniform, popularity and the default in the same worlds.
import { grid } from '../../app/grid.ts';
import { mean } from '../support/statistics.ts';
import type { StreamLife } from './life.ts';

/** Lives by policy, then by world; the worlds are the same, in the same order. */
export type Lives = ReadonlyMap<string, readonly StreamLife[]>;

export interface Row {
  readonly kind: string;
  /** Expected clicks of a slate in the second half of a life: mean over the worlds. */
  readonly reward: number;
  /** Expected clicks of a slate in the second half, for the uniform policy in the same worlds. */
  readonly uniform: number;
  /** Expected clicks of a slate in the second half, for popularity in the same worlds. */
  readonly popularity: number;
  /** Reward minus that of the default, and its standard error over the worlds. */
  readonly overDefault: { readonly mean: number; readonly error: number };
  readonly propensityErrors: number;
  readonly propensities: number;
  /** Whether the log gave the same parameters again, in every world. */
  readonly rebuilt: boolean;
  /** Share of the slates that the policy itself decided. */
  readonly decided: number;
}

/** The policy that serves without configuration. */
export const DEFAULT = 'millrace';

export function rowsOf(lives: Lives, kinds: readonly string[]): Row[] {
  const rewards = (policy: string) => lives.get(policy)!.map(({ reward }) => reward);
  const usual = rewards(DEFAULT);
  const rows = kinds.map((kind) => {
    const own = lives.get(kind)!;
    const sum = (of: (life: StreamLife) => number) => own.reduce((all, one) => all + of(one), 0);
    return {
      kind,
      reward: mean(rewards(kind)),
      uniform: mean(rewards('uniform')),
      popularity: mean(rewards('popularity')),
      overDefault: spread(rewards(kind).map((reward, world) => reward - usual[world]!)),
      propensityErrors: sum(({ propensityErrors }) => propensityErrors),
      propensities: sum(({ propensities }) => propensities),
      rebuilt: own.every(({ rebuilt }) => rebuilt),
      decided: mean(own.map(({ decided }) => decided)),
    };
  });
  return rows.toSorted((a, b) => b.reward - a.reward);
}

function spread(values: readonly number[]): Row['overDefault'] {
  const middle = mean(values);
  const squares = values.reduce((sum, value) => sum + (value - middle) ** 2, 0);
  return { mean: middle, error: Math.sqrt(squares / (values.length - 1) / values.length) };
}

/** Kinds that earn more than the default by more than two standard errors. */
export const better = (rows: readonly Row[]): readonly string[] =>
  rows
    .filter(({ overDefault }) => overDefault.mean > 2 * overDefault.error)
    .map(({ kind }) => kind);

/** Kinds that do not earn more than the uniform policy. */
export const noBetterThanUniform = (rows: readonly Row[]): readonly string[] =>
  rows.filter(({ reward, uniform }) => reward <= uniform).map(({ kind }) => kind);

export function tableOf(rows: readonly Row[]): string {
  const number = (value: number) => value.toFixed(3);
  const signed = (value: number) => `${value < 0 ? '−' : '+'}${number(Math.abs(value))}`;
  const head = [
    'kind',
    'reward',
    '× uniform',
    '× popularity',
    `over ${DEFAULT}`,
    'decided itself',
    'propensity errors',
    'rebuilt',
  ];
  return grid(
    head,
    rows.map((row) => [
      row.kind,
      number(row.reward),
      number(row.reward / row.uniform),
      number(row.reward / row.popularity),
      row.kind === DEFAULT
        ? ''
        : `${signed(row.overDefault.mean)} ± ${number(row.overDefault.error)}`,
      `${(100 * row.decided).toFixed(0)} %`,
      `${row.propensityErrors} of ${row.propensities}`,
      row.rebuilt ? 'equal' : 'NOT equal',
    ]),
  );
}
