// Every estimator of single decisions by its name in the literature, for reports and comparisons.
import { power } from '../power.ts';
import { dm } from './dm.ts';
import { dr, drOs, sndr, subGaussianDr, switchDr } from './dr.ts';
import { clippedIps, ips, snips, subGaussianIps } from './ips.ts';
import type { ModelledRounds, Terms } from './rounds.ts';

export interface Estimator {
  readonly name: string;
  terms(rounds: ModelledRounds): Terms;
}

/** An estimator that has a parameter λ. */
export interface Family {
  readonly name: string;
  at(lambda: number): Estimator;
  /**
   * Values of λ for SLOPE, from the least biased to the most.
   * @param most the log's largest weight
   */
  ladder(most: number): number[];
}

export const estimators: readonly Estimator[] = [
  { name: 'ipw', terms: (rounds) => ips(rounds) },
  { name: 'snipw', terms: snips },
  { name: 'dm', terms: dm },
  { name: 'dr', terms: (rounds) => dr(rounds) },
  { name: 'sndr', terms: sndr },
];

const halvings = Array.from({ length: 9 }, (_, step) => power(2, -step));
const tenths = Array.from({ length: 9 }, (_, step) => power(10, 3 - step));
const shares = [0, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1];

export const families: readonly Family[] = [
  family('clipped-ipw', clippedIps, (most) => halvings.map((part) => part * most)),
  family('sg-ipw', subGaussianIps, () => shares),
  family('switch-dr', switchDr, (most) => halvings.map((part) => part * most)),
  family('dr-os', drOs, (most) => tenths.map((part) => part * most * most)),
  family('sg-dr', subGaussianDr, () => shares),
];

function family(
  name: string,
  terms: (rounds: ModelledRounds, lambda: number) => Terms,
  ladder: (most: number) => number[],
): Family {
  const at = (lambda: number) => ({
    name: `${name}(${lambda})`,
    terms: (rounds: ModelledRounds) => terms(rounds, lambda),
  });
  return { name, ladder, at };
}

/** The estimator of a name, such as `dr` or `switch-dr(5)`; undefined if there is none. */
export function estimatorNamed(name: string): Estimator | undefined {
  const found = estimators.find((estimator) => estimator.name === name);
  if (found) return found;
  const parts = /^(.+)\(([\d.e+-]+)\)$/.exec(name);
  return parts ? families.find((one) => one.name === parts[1])?.at(Number(parts[2])) : undefined;
}
