// Two sides that choose each other: how probably a geek applies for a job, and a recruiter is satisfied with
// the geek; a match needs both.
import { Ridge } from '../bandit/linear/ridge.ts';

/** One geek's dealing with one job, both by number. */
export interface Dealing {
  readonly geek: number;
  readonly job: number;
  readonly applied: boolean;
  readonly satisfied: boolean;
}

const FACTS = 5;
const LAMBDA = 1;
/** Weight of the overall rate in a side's own rate, in dealings. */
const SHRINK = 5;

/** Times of each side, and how many of them went well. */
class Rates {
  readonly #times: Float64Array;
  readonly #good: Float64Array;
  #all = 0;
  #allGood = 0;

  constructor(size: number) {
    this.#times = new Float64Array(size);
    this.#good = new Float64Array(size);
  }

  add(one: number, good: boolean, sign = 1): void {
    this.#times[one]! += sign;
    this.#all += sign;
    if (!good) return;
    this.#good[one]! += sign;
    this.#allGood += sign;
  }

  of(one: number): number {
    const mean = (this.#allGood + 1) / (this.#all + 2);
    return (this.#good[one]! + SHRINK * mean) / (this.#times[one]! + SHRINK);
  }
}

/** The probability that one side says yes, by both sides' rates and how well they fit. */
class Yes {
  readonly #byGeek: Rates;
  readonly #byJob: Rates;
  readonly #ridge = new Ridge(FACTS, LAMBDA);
  readonly #fit: (geek: number, job: number) => number;

  constructor(
    asked: readonly (Dealing & { readonly yes: boolean })[],
    sizes: { readonly geeks: number; readonly jobs: number },
    fit: (geek: number, job: number) => number,
  ) {
    this.#fit = fit;
    this.#byGeek = new Rates(sizes.geeks);
    this.#byJob = new Rates(sizes.jobs);
    for (const one of asked) this.#count(one, 1);
    for (const one of asked) {
      // Its own outcome is not in the rates that it is learned by.
      this.#count(one, -1);
      this.#ridge.learn(this.#facts(one.geek, one.job), one.yes ? 1 : 0, 1);
      this.#count(one, 1);
    }
  }

  of(geek: number, job: number): number {
    return Math.min(1, Math.max(0.001, this.#ridge.predict(this.#facts(geek, job))));
  }

  #count({ geek, job, yes }: Dealing & { readonly yes: boolean }, sign: 1 | -1): void {
    this.#byGeek.add(geek, yes, sign);
    this.#byJob.add(job, yes, sign);
  }

  #facts(geek: number, job: number): Float64Array {
    const [one, other, fit] = [this.#byGeek.of(geek), this.#byJob.of(job), this.#fit(geek, job)];
    return Float64Array.of(1, one, other, fit, other * fit);
  }
}

export class TwoSided {
  readonly #applies: Yes;
  readonly #satisfies: Yes;

  /** @param geeks and jobs: groups of each, such as kinds of work and cities */
  constructor(
    dealings: readonly Dealing[],
    geeks: readonly ReadonlySet<string>[],
    jobs: readonly ReadonlySet<string>[],
  ) {
    const sizes = { geeks: geeks.length, jobs: jobs.length };
    const fit = (geek: number, job: number) => likeness(geeks[geek]!, jobs[job]!);
    const answered = dealings.filter(({ applied }) => applied);
    this.#applies = new Yes(
      dealings.map((one) => ({ ...one, yes: one.applied })),
      sizes,
      fit,
    );
    this.#satisfies = new Yes(
      answered.map((one) => ({ ...one, yes: one.satisfied })),
      sizes,
      fit,
    );
  }

  /** Probability that the geek applies. */
  applies(geek: number, job: number): number {
    return this.#applies.of(geek, job);
  }

  /** Probability that the recruiter is satisfied once the geek has applied. */
  satisfies(geek: number, job: number): number {
    return this.#satisfies.of(geek, job);
  }

  /** The reciprocal score: the probability of both. */
  matches(geek: number, job: number): number {
    return this.applies(geek, job) * this.satisfies(geek, job);
  }
}

/** Shared groups over the smaller number of groups. */
function likeness(one: ReadonlySet<string>, other: ReadonlySet<string>): number {
  let shared = 0;
  for (const group of one) if (other.has(group)) shared += 1;
  return shared / Math.max(1, Math.min(one.size, other.size));
}

/**
 * Lists in which what was shown often counts less: score / (1 + times shown so far)^evenness, list by list.
 * Exposure is then fairer to the side that is listed (after Biega, Gummadi & Weikum 2018).
 */
export function fairLists(
  scores: readonly ArrayLike<number>[],
  k: number,
  evenness: number,
  top: (scores: ArrayLike<number>, k: number) => number[],
): number[][] {
  const shown: number[] = [];
  return scores.map((own) => {
    const lowered = Float64Array.from(own, (score, i) =>
      score === Number.NEGATIVE_INFINITY
        ? score
        : score / Math.exp(evenness * Math.log1p(shown[i] ?? 0)),
    );
    const list = top(lowered, k);
    for (const i of list) shown[i] = (shown[i] ?? 0) + 1;
    return list;
  });
}
