// Limits that a candidate must keep, however much it earns.
import { groupUnfairness } from '../metrics/group-unfairness.ts';

/** What an arm has shown, counted by position. */
export interface Exposure {
  readonly items: ReadonlyMap<string, number>;
  readonly groups: ReadonlyMap<string, number>;
  /** Mean time of a decision, ms. */
  readonly latencyMs: number;
}

export interface Limits {
  /**
   * Largest ratio of the candidate's mean latency, minus the slack, to the incumbent's.
   * @default 2
   */
  readonly latency: number;
  /** Slack of the latency that nobody notices, ms. @default 5 */
  readonly latencySlackMs: number;
  /** Smallest ratio of the candidate's effective items to the incumbent's. @default 0.25 */
  readonly coverage: number;
  /** Largest excess of the candidate's DGU over the incumbent's. @default 0.3 */
  readonly groups: number;
}

export const guardrailLimits: Limits = Object.freeze({
  latency: 2,
  latencySlackMs: 5,
  coverage: 0.25,
  groups: 0.3,
});

export interface Guardrail {
  readonly name: 'latency' | 'coverage' | 'groups';
  readonly candidate: number;
  readonly incumbent: number;
  /** Limit that the candidate's value must not pass. */
  readonly limit: number;
  readonly broken: boolean;
}

/** Whether a guardrail was measured at all: not if one of its figures is not a number. */
export function isKnown({ candidate, incumbent, limit }: Guardrail): boolean {
  return ![candidate, incumbent, limit].some(Number.isNaN);
}

/**
 * How many items, shown alike, would meet as often: Σ c (Σ c − 1) / Σ c (c − 1), the inverse of
 * Simpson's index of counts (Simpson 1949). Its expectation hardly depends on how much was shown, so
 * arms of different traffic compare, as distinct items do not. Infinity while nothing came twice.
 */
export function effectiveItems(counts: Iterable<number>): number {
  let shown = 0;
  let pairs = 0;
  for (const count of counts) {
    shown += count;
    pairs += count * (count - 1);
  }
  return pairs > 0 ? (shown * (shown - 1)) / pairs : Number.POSITIVE_INFINITY;
}

/**
 * @param chosen number of positive answers by group of items, of all users, before and outside the
 * experiment
 */
export function guardrails(
  candidate: Exposure,
  incumbent: Exposure,
  chosen: ReadonlyMap<string, number>,
  limits: Limits = guardrailLimits,
): Guardrail[] {
  const found: Guardrail[] = [];
  const add = (
    name: Guardrail['name'],
    of: (arm: Exposure) => number,
    limitOf: (incumbent: number) => number,
    most: boolean,
  ) => {
    const [own, other] = [of(candidate), of(incumbent)];
    const limit = limitOf(other);
    const broken = most ? own > limit : own < limit;
    found.push({ name, candidate: own, incumbent: other, limit, broken });
  };
  const { latency, latencySlackMs, coverage, groups } = limits;
  add(
    'latency',
    ({ latencyMs }) => latencyMs,
    (ms) => ms * latency + latencySlackMs,
    true,
  );
  if (Number.isFinite(effectiveItems(incumbent.items.values()))) {
    add(
      'coverage',
      ({ items }) => effectiveItems(items.values()),
      (n) => n * coverage,
      false,
    );
  }
  const unfair = [candidate, incumbent].map((arm) => groupUnfairness(arm.groups, chosen));
  if (unfair[0] && unfair[1]) {
    add(
      'groups',
      (arm) => unfair[arm === candidate ? 0 : 1]!.dgu,
      (dgu) => dgu + groups,
      true,
    );
  }
  return found;
}
