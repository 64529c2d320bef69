// A head over the hidden states of a language model: how well an item fits what the user liked.
//
//   s(h, i) = (U p_h) · (V x_i) + Σ_c w_c d_ic
//
// x_i is the item's vector in a basis (basis.ts), p_h the direction of the user's profile, d_ic columns of
// numbers that are known without the head, the cosine p_h · x_i first. U and V have `rank` rows: a
// projection of users and one of items, trained by the reward, into a space where what fits is near. V is
// zero at first, so a new head is the policy of its columns alone: the zero-shot policy it is to improve.
import { normal } from '../normal.ts';
import type { Random } from '../random.ts';
import type { Scorer } from '../rl/slate-policy.ts';
import type { Transition } from '../rl/transition.ts';

export interface HeadShape {
  /** Width of the vectors. */
  readonly width: number;
  /** Number of rows of each projection. @default 48 */
  readonly rank: number;
  /** Number of columns besides the cosine. */
  readonly columns: number;
}

/** What a head scores. */
export interface HeadContext {
  /** The profile, `width` long and of length 1; zeros for a user of whom nothing is known. */
  readonly profile: Float64Array;
  /** Rows of the candidates, end to end: vector, cosine, other columns. */
  readonly rows: Float64Array;
}

/** A transition with a head's candidates, the shown ones first. */
export type HeadTransition = Transition & HeadContext;

/** Number of parameters: U, then V, then the weights of the cosine and the other columns. */
export function headSize({ width, rank, columns }: HeadShape): number {
  return 2 * rank * width + 1 + columns;
}

/** Parameters of a new head. @param cosine weight of the cosine; the other columns begin at 0 */
export function freshHead(shape: HeadShape, cosine: number, random: Random): Float64Array {
  const { width, rank } = shape;
  const theta = new Float64Array(headSize(shape));
  for (let i = 0; i < rank * width; i++) theta[i] = normal(random);
  theta[2 * rank * width] = cosine;
  return theta;
}

/**
 * Rows of candidates from vectors in the basis; a candidate without a vector has zeros.
 * @param columns columns of each candidate, the same number for all
 */
export function headContext(
  profile: ArrayLike<number>,
  vectors: readonly (ArrayLike<number> | undefined)[],
  columns: readonly (readonly number[])[] = [],
): HeadContext {
  const width = profile.length;
  const stride = width + 1 + (columns[0]?.length ?? 0);
  const rows = new Float64Array(vectors.length * stride);
  for (const [i, vector] of vectors.entries()) {
    let cosine = 0;
    if (vector) {
      rows.set(vector, i * stride);
      for (let d = 0; d < width; d++) cosine += profile[d]! * vector[d]!;
    }
    rows[i * stride + width] = cosine;
    rows.set(columns[i] ?? [], i * stride + width + 1);
  }
  return { profile: Float64Array.from(profile), rows };
}

/**
 * Scores and their exact gradient, in O(rank · width) for a transition and O(width) for a
 * candidate.
 */
export function headScorer({ width, rank, columns }: HeadShape): Scorer<HeadTransition> & {
  scores(theta: Float64Array, context: HeadContext): Float64Array;
} {
  const stride = width + 1 + columns;
  const ofV = rank * width;
  const ofColumns = 2 * ofV;
  return {
    scores(theta, { profile, rows }) {
      // Vᵀ U p once, then one product a candidate.
      const user = times(theta, 0, profile, rank, width);
      const direction = new Float64Array(width);
      for (let r = 0, at = ofV; r < rank; r++) {
        const share = user[r]!;
        for (let d = 0; d < width; d++, at++) direction[d]! += share * theta[at]!;
      }
      const scores = new Float64Array(rows.length / stride);
      for (let i = 0, at = 0; i < scores.length; i++) {
        let sum = 0;
        for (let d = 0; d < width; d++, at++) sum += direction[d]! * rows[at]!;
        for (let c = 0; c <= columns; c++, at++) sum += theta[ofColumns + c]! * rows[at]!;
        scores[i] = sum;
      }
      return scores;
    },
    addGradient(theta, { profile, rows }, ofScores, gradient) {
      // With x = Σ_i g_i x_i: ∂/∂V = (U p) xᵀ, ∂/∂U = (V x) pᵀ.
      const mixed = new Float64Array(width);
      for (let i = 0, at = 0; i < ofScores.length; i++) {
        const g = ofScores[i]!;
        for (let d = 0; d < width; d++, at++) mixed[d]! += g * rows[at]!;
        for (let c = 0; c <= columns; c++, at++) gradient[ofColumns + c]! += g * rows[at]!;
      }
      const user = times(theta, 0, profile, rank, width);
      const item = times(theta, ofV, mixed, rank, width);
      for (let r = 0, at = 0; r < rank; r++) {
        const [u, v] = [user[r]!, item[r]!];
        for (let d = 0; d < width; d++, at++) {
          gradient[at]! += v * profile[d]!;
          gradient[ofV + at]! += u * mixed[d]!;
        }
      }
    },
  };
}

/** The product M x, for the matrix M that lies in `theta` from `from` on. */
function times(
  theta: Float64Array,
  from: number,
  x: Float64Array,
  rank: number,
  width: number,
): Float64Array {
  const product = new Float64Array(rank);
  for (let r = 0, at = from; r < rank; r++) {
    let sum = 0;
    for (let d = 0; d < width; d++, at++) sum += theta[at]! * x[d]!;
    product[r] = sum;
  }
  return product;
}
