// How soon a learner has reached the level that it ends with.

/** Share of the final level by which the moving level may be off. */
const TOLERANCE = 0.02;

/**
 * Events until the moving level stays within 2 % of its final one. Level at t: Σ earned / Σ possible
 * over the `window` events up to t, of all lives together, so that who happens to come does not count;
 * final: the last one. From `window` to the number of
 * events. NaN with fewer events than a window, and where the final level is 0 or no number: who earns
 * nothing has come to no level.
 */
export function convergence(
  earned: readonly Float64Array[],
  possible: readonly Float64Array[],
  window: number,
): number {
  const above = moving(earned, window);
  const below = moving(possible, window);
  const levels = above.map((value, i) => value / below[i]!);
  const final = levels.at(-1) ?? Number.NaN;
  if (!(final > 0 && final < Number.POSITIVE_INFINITY)) return Number.NaN;
  const off = levels.findLastIndex((level) => !(Math.abs(level / final - 1) <= TOLERANCE));
  return window + off + 1;
}

/** Sums over each window of events, added up over the lives. */
function moving(lives: readonly Float64Array[], window: number): number[] {
  const sums: number[] = [];
  let sum = 0;
  for (let t = 0; t < lives[0]!.length; t++) {
    for (const life of lives) sum += life[t]! - (t < window ? 0 : life[t - window]!);
    if (t >= window - 1) sums.push(sum);
  }
  return sums;
}
