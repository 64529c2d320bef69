// How estimators tame large importance weights. λ trades variance for bias; SLOPE chooses it.

/** Gives the weight that takes the place of w ≥ 0. */
export type Shrinkage = (weight: number) => number;

export const plain: Shrinkage = (w) => w;

/** Clipping: min(w, λ). */
export function clip(lambda: number): Shrinkage {
  return (w) => Math.min(w, lambda);
}

/** Cut-off: w·1[w ≤ λ]; above λ the reward model is believed alone. */
export function cutOff(lambda: number): Shrinkage {
  return (w) => (w <= lambda ? w : 0);
}

/** Optimistic shrinkage: λw / (w² + λ), which is largest, √λ / 2, at w = √λ. */
export function optimistic(lambda: number): Shrinkage {
  return (w) => (lambda === 0 ? 0 : (lambda * w) / (w * w + lambda));
}

/** Sub-Gaussian shrinkage: w / (1 − λ + λw), for λ from 0 (w itself) to 1 (always 1). */
export function subGaussian(lambda: number): Shrinkage {
  return (w) => (w === 0 ? 0 : w / (1 - lambda + lambda * w));
}
