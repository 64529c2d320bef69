// Every estimator of single decisions by its name in the literature, for reports and comparisons.
import { dm } from './dm.ts';
import { dr, drOs, sndr, subGaussianDr, switchDr } from './dr.ts';
import type { Range } from './intervals/interval.ts';
import { clippedIps, ips, snips, subGaussianIps } from './ips.ts';
import type { ModelledRounds, Terms } from './rounds.ts';
import { clip, cutOff, optimistic, plain, type Shrinkage, subGaussian } from './shrinkage.ts';

export interface Estimator {
  readonly name: string;
  terms(rounds: ModelledRounds): Terms;
  /**
   * Where a round's term can be for weights up to `most`, rewards and model in [0, 1]; null for the
   * self-normalised, whose rounds are not independent of each other.
   */
  range(most: number): Range | null;
}

/** An estimator with λ. */
export interface Family {
  readonly name: string;
  at(lambda: number): Estimator;
  /** Values of λ from the least biased to the most, for SLOPE; `most`: the log's largest weight. */
  ladder(most: number): number[];
}

const weighted = (shrinkage: Shrinkage) => (most: number) => ({
  low: 0,
  high: shrinkage.most(most),
});
const corrected = (shrinkage: Shrinkage) => (most: number) => ({
  low: -shrinkage.most(most),
  high: 1 + shrinkage.most(most),
});

export const estimators: readonly Estimator[] = [
  { name: 'ipw', terms: (rounds) => ips(rounds), range: weighted(plain) },
  { name: 'snipw', terms: snips, range: () => null },
  { name: 'dm', terms: dm, range: () => ({ low: 0, high: 1 }) },
  { name: 'dr', terms: (rounds) => dr(rounds), range: corrected(plain) },
  { name: 'sndr', terms: sndr, range: () => null },
];

const halvings = Array.from({ length: 9 }, (_, step) => 2 ** -step);
const tenths = Array.from({ length: 9 }, (_, step) => 10 ** (3 - step));
const shares = [0, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1];

export const families: readonly Family[] = [
  family('clipped-ipw', clippedIps, weighted, clip, (most) => halvings.map((part) => part * most)),
  family('sg-ipw', subGaussianIps, weighted, subGaussian, () => shares),
  family('switch-dr', switchDr, corrected, cutOff, (most) => halvings.map((part) => part * most)),
  family('dr-os', drOs, corrected, optimistic, (most) => tenths.map((part) => part * most * most)),
  family('sg-dr', subGaussianDr, corrected, subGaussian, () => shares),
];

function family(
  name: string,
  terms: (rounds: ModelledRounds, lambda: number) => Terms,
  range: (shrinkage: Shrinkage) => (most: number) => Range,
  shrinkage: (lambda: number) => Shrinkage,
  ladder: (most: number) => number[],
): Family {
  return {
    name,
    ladder,
    at: (lambda) => ({
      name: `${name}(${lambda})`,
      terms: (rounds) => terms(rounds, lambda),
      range: range(shrinkage(lambda)),
    }),
  };
}

/** By its name, such as `dr` or `switch-dr(5)`; undefined when there is none of that name. */
export function estimatorNamed(name: string): Estimator | undefined {
  const found = estimators.find((estimator) => estimator.name === name);
  if (found) return found;
  const parts = /^(.+)\(([\d.e+-]+)\)$/.exec(name);
  return parts ? families.find((one) => one.name === parts[1])?.at(Number(parts[2])) : undefined;
}
