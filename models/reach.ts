// How far a reward counts. Rewards have the unit of their log, so no fixed limit can tell a mistake from a
// large one: a reward counts up to one width of all earlier ones beyond them. Larger ones that come again
// widen the range, twice as far each time, so a log with a long tail is soon taken as it is; a single one,
// however absurd, is bounded.

/** Least width, in the unit of the log: stars, clicks and ratios are never cut. */
const LEAST_WIDTH = 5;

export interface Reach {
  /** Least and greatest reward so far, as they counted; 0 before any. */
  readonly least: number;
  readonly most: number;
}

/** The reward as it counts. */
export function within({ least, most }: Reach, reward: number): number {
  const [low, high] = [Math.min(0, least), Math.max(0, most)];
  const width = Math.max(LEAST_WIDTH, high - low);
  return Math.max(low - width, Math.min(high + width, reward));
}

/** The sum of `count` rewards, each as it counts. */
export function sumWithin(reach: Reach, sum: number, count: number): number {
  if (count <= 0) return 0;
  const mean = sum / count;
  const bounded = within(reach, mean);
  return bounded === mean ? sum : bounded * count;
}

/** The range of rewards as it grows, in two numbers that are kept with a state. */
export class GrowingReach implements Reach {
  readonly values: Float64Array;

  /** @param values least and greatest reward so far. @default none so far */
  constructor(values: Float64Array = new Float64Array(2)) {
    this.values = values;
  }

  get least(): number {
    return this.values[0]!;
  }

  get most(): number {
    return this.values[1]!;
  }

  /** Takes a reward. @returns the reward as it counts */
  take(reward: number): number {
    const bounded = within(this, reward);
    this.values[0] = Math.min(this.values[0]!, bounded);
    this.values[1] = Math.max(this.values[1]!, bounded);
    return bounded;
  }
}
