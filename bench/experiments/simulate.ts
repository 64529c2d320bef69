// One experiment on made-up users, looked at after every slate: what is measured of the statistics.
import { assignVariant } from '../../models/experiment/assign.ts';
import { difference } from '../../models/experiment/difference.ts';
import { ArmMoments, type UserTotals } from '../../models/experiment/moments.ts';
import { sampleRatioP } from '../../models/experiment/sample-ratio.ts';
import { Random } from '../../models/random.ts';

export interface Trial {
  readonly seed: number;
  readonly slates: number;
  /** Number of people. Each slate is one of theirs, so most come again. */
  readonly people: number;
  /** Added to the rate of each person in the candidate's arm. */
  readonly effect: number;
  /**
   * Exponent s of Zipf's law: the person of rank r brings slates in proportion to r^−s.
   * @default most come again, and some often: person ⌊n u^1.5⌋ of n, u uniform
   */
  readonly zipf?: number;
  /** Candidate's share of the people. @default 0.5 */
  readonly share?: number;
  /** Fewest users of each arm at which a difference is given. @default 50 */
  readonly least?: number;
  /** Chance of ever being wrong. @default 0.05 */
  readonly alpha?: number;
}

export interface Verdicts {
  /**
   * Number of slates until 0 left the confidence sequence, with and without the covariate; null for
   * never.
   */
  readonly sequence: number | null;
  readonly plain: number | null;
  /** The same with the covariate, where no user's weight is bounded. */
  readonly unbounded: number | null;
  /**
   * Number of slates until 0 left a 95 % normal interval, which is made for one look; null for
   * never.
   */
  readonly peeked: number | null;
  /** Whether 0 was outside the normal interval at one look, at the end. */
  readonly fixed: boolean;
  readonly fixedAdjusted: boolean;
  /** Whether the assignment of users was ever taken for broken. */
  readonly ratio: boolean;
  /** Share of the variance that the covariate took away, at the end. */
  readonly explained: number;
}

const ALPHA = 0.05;
const Z = 1.959963984540054;
/**
 * Number of slates that a person was shown before the experiment; the covariate is their rate of
 * reward.
 */
const EARLIER = 20;
const arms = ['candidate', 'incumbent'] as const;

export function runTrial(trial: Trial): Verdicts {
  const { seed, slates, people, effect, share = 0.5, least = 50, alpha = ALPHA } = trial;
  const shares = arms.map((variant, i) => ({ variant, share: i === 0 ? share : 1 - share }));
  const random = new Random(seed);
  const comes = visitors(trial);
  const crowd = Array.from({ length: people }, (_, i) => {
    // Most click seldom and a few often: rate 0.02 to 0.62, mean 0.17.
    const rate = 0.02 + 0.6 * random.next() ** 3;
    let earlier = 0;
    for (let n = 0; n < EARLIER; n++) earlier += random.next() < rate ? 1 : 0;
    const arm = assignVariant(`u${i}`, `salt-${seed}`, shares) === 'candidate' ? 0 : 1;
    return { rate, arm, covariate: earlier / EARLIER, totals: undefined as UserTotals | undefined };
  });
  const moments = [new ArmMoments(), new ArmMoments()] as const;
  const free = () => new ArmMoments(undefined, Number.POSITIVE_INFINITY);
  const unbounded = [free(), free()] as const;
  const first = { sequence: null, plain: null, unbounded: null, peeked: null } as Record<
    string,
    number | null
  >;
  let ratio = false;
  for (let slate = 1; slate <= slates; slate++) {
    const person = crowd[comes(random.next())]!;
    const { arm, covariate, totals } = person;
    const clicked = random.next() < person.rate + (arm === 0 ? effect : 0);
    const after = {
      reward: (totals?.reward ?? 0) + (clicked ? 1 : 0),
      slates: (totals?.slates ?? 0) + 1,
      covariate,
    };
    moments[arm]!.replace(totals, after);
    unbounded[arm]!.replace(totals, after);
    person.totals = after;
    if (!totals) {
      ratio ||=
        sampleRatioP(moments.map(({ users }, i) => ({ users, share: shares[i]!.share }))) <= ALPHA;
    }
    const adjusted = difference(...moments, { least, alpha });
    const plain = difference(...moments, { least, alpha, adjust: false });
    const heavy = first.unbounded === null ? difference(...unbounded, { least, alpha }) : null;
    if (heavy && excludes(heavy)) first.unbounded = slate;
    if (adjusted && excludes(adjusted)) first.sequence ??= slate;
    if (plain && excludes(plain)) first.plain ??= slate;
    if (plain && Math.abs(plain.estimate) > Z * plain.standardError) first.peeked ??= slate;
  }
  const end = difference(...moments, { least });
  const plain = difference(...moments, { least, adjust: false });
  const significant = (found: typeof end) =>
    found !== null && Math.abs(found.estimate) > Z * found.standardError;
  return {
    sequence: first.sequence!,
    plain: first.plain!,
    unbounded: first.unbounded!,
    peeked: first.peeked!,
    fixed: significant(plain),
    fixedAdjusted: significant(end),
    ratio,
    explained: end?.explained ?? 0,
  };
}

/** Gives the person of a slate, by a uniform draw. */
function visitors({ people, zipf }: Trial): (u: number) => number {
  if (zipf === undefined) return (u) => Math.floor(people * u ** 1.5);
  const cumulative = new Float64Array(people);
  let total = 0;
  for (let rank = 1; rank <= people; rank++) {
    total += Math.exp(-zipf * Math.log(rank));
    cumulative[rank - 1] = total;
  }
  return (u) => {
    let [low, high] = [0, people - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (cumulative[middle]! > u * total) high = middle;
      else low = middle + 1;
    }
    return low;
  };
}

const excludes = ({ low, high }: { low: number; high: number }) => low > 0 || high < 0;
