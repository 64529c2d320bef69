// How estimators tame large importance weights. λ trades variance for bias; SLOPE chooses it.

export interface Shrinkage {
  /** The weight that takes the place of w ≥ 0. */
  of(weight: number): number;
  /** The largest `of` of any weight up to `most`: the range that concentration bounds need. */
  most(most: number): number;
}

/** w itself. */
export const plain: Shrinkage = { of: (w) => w, most: (most) => most };

/** min(w, λ). */
export function clip(lambda: number): Shrinkage {
  return { of: (w) => Math.min(w, lambda), most: (most) => Math.min(most, lambda) };
}

/** w·1[w ≤ λ]: above λ the reward model is believed alone. */
export function cutOff(lambda: number): Shrinkage {
  return { of: (w) => (w <= lambda ? w : 0), most: (most) => Math.min(most, lambda) };
}

/** λw / (w² + λ): largest, √λ / 2, at w = √λ. */
export function optimistic(lambda: number): Shrinkage {
  const of = (w: number) => (lambda === 0 ? 0 : (lambda * w) / (w * w + lambda));
  return { of, most: (most) => of(Math.min(most, Math.sqrt(lambda))) };
}

/** w / (1 − λ + λw), λ from 0 (w itself) to 1 (always 1). */
export function subGaussian(lambda: number): Shrinkage {
  const of = (w: number) => (w === 0 ? 0 : w / (1 - lambda + lambda * w));
  return { of, most: of };
}
