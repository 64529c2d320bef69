// Rewards to come within a slate, as the heads learn from them, and the moments that they are compared in.
import type { HeadTransition } from './head.ts';

/** For each position, the sum of its reward, by its weight, and of those below it. */
export function returnsOf({ rewards, weights }: HeadTransition): Float64Array {
  const toCome = rewards.map((reward, j) => weights[j]! * reward);
  for (let j = toCome.length - 2; j >= 0; j--) toCome[j]! += toCome[j + 1]!;
  return toCome;
}

/** Mean of the values by moment; NaN for a moment without any. */
export function meanBy(
  moments: readonly Int32Array[],
  values: readonly Float64Array[],
  size: number,
): Float64Array {
  const [sums, counts] = [new Float64Array(size), new Float64Array(size)];
  for (const [t, own] of values.entries()) {
    for (const [j, value] of own.entries()) {
      sums[moments[t]![j]!]! += value;
      counts[moments[t]![j]!]! += 1;
    }
  }
  return sums.map((sum, m) => sum / counts[m]!);
}

/** Number of likes above that are told apart. */
const LIKES = 4;

/** For each position, the positions left and the likes above as one number. */
export function momentsOf({ rewards }: HeadTransition): Int32Array {
  let likes = 0;
  return Int32Array.from(rewards, (reward, j) => {
    const moment = (rewards.length - 1 - j) * LIKES + Math.min(likes, LIKES - 1);
    if (reward > 0) likes += 1;
    return moment;
  });
}
