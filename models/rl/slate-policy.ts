// π_θ of a slate: a softmax of scores s(θ) with the floor mixed in, drawn without replacement.
//
// p_i = (1 − f) σ_i + f / n, and log π(a_j | a_<j) = log p_{a_j} − log Σ_{i left} p_i: the very
// distribution of `exploration.ts`, so that a fresh transition has a ratio of exactly 1 to its log.
// With dσ_i/ds_l = σ_i (1[i = l] − σ_l) the gradients are exact.
import type { Transition } from './transition.ts';

// Looked up once: in a vm context, such as a test runner's, every look-up of a global is slow.
const { exp, log, max } = Math;

/** Share of the uniform distribution in the policy; transitions should explore with the same. */
export const FLOOR = 0.05;

/** A function to ascend, and its gradient. */
export interface Objective {
  readonly value: number;
  readonly gradient: Float64Array;
}

/** How parameters become scores, and the gradient of the scores one of the parameters. */
export interface Scorer<D extends Transition = Transition> {
  /** Scores of the candidates. */
  scores(theta: Float64Array, transition: D): Float64Array;
  /** Adds Σ_i ofScores_i ∇θ s_i to `gradient`. */
  addGradient(
    theta: Float64Array,
    transition: D,
    ofScores: Float64Array,
    gradient: Float64Array,
  ): void;
}

/** The linear scorer: s = Xθ. */
export const linear: Scorer = {
  scores: (theta, { rows, copies }) => Float64Array.from(copies, (_, i) => scoreOf(theta, rows, i)),
  addGradient: (_, transition, ofScores, gradient) => addRows(ofScores, transition, gradient),
};

/** The distribution over the candidates of a transition. */
export interface SlatePolicy {
  /** Softmax of each candidate; `p` is the same with the floor. */
  readonly softmax: Float64Array;
  readonly p: Float64Array;
  /** Adds Σ_i ofScores_i ∇θ s_i to `gradient`. */
  readonly addScores: (ofScores: Float64Array, gradient: Float64Array) => void;
}

export function slatePolicy<D extends Transition>(
  theta: Float64Array,
  transition: D,
  scorer: Scorer<D> = linear,
): SlatePolicy {
  const { copies } = transition;
  const scores = scorer.scores(theta, transition);
  const highest = scores.reduce((most, score) => max(most, score), Number.NEGATIVE_INFINITY);
  const softmax = scores.map((score) => exp(score - highest));
  let total = 0;
  let n = 0;
  for (let i = 0; i < copies.length; i++) {
    total += copies[i]! * softmax[i]!;
    n += copies[i]!;
  }
  for (let i = 0; i < softmax.length; i++) softmax[i]! /= total;
  return {
    softmax,
    p: softmax.map((sigma) => (1 - FLOOR) * sigma + FLOOR / n),
    addScores: (ofScores, gradient) => scorer.addGradient(theta, transition, ofScores, gradient),
  };
}

/** log π of each shown item, given the items above it. */
export function logPropensities({ p }: SlatePolicy, { copies, rewards }: Transition): Float64Array {
  return Float64Array.from(rewards, (_, j) => log(p[j]!) - log(massFrom(j, p, copies)));
}

/** Adds Σ_j c_j ∇θ log π(a_j | a_<j) to `gradient`. */
export function addLogGradient(
  policy: SlatePolicy,
  transition: Transition,
  coefficients: ArrayLike<number>,
  gradient: Float64Array,
): void {
  const { softmax, p } = policy;
  const { copies } = transition;
  const ofScores = new Float64Array(p.length);
  for (let j = 0; j < transition.rewards.length; j++) {
    const c = coefficients[j]! * (1 - FLOOR);
    if (c === 0) continue;
    const own = (c * softmax[j]!) / p[j]!;
    const shared = c / massFrom(j, p, copies);
    const softmaxLeft = massFrom(j, softmax, copies);
    ofScores[j]! += own;
    for (let i = 0; i < p.length; i++) {
      const each = copies[i]! * softmax[i]!;
      ofScores[i]! -= each * (own + shared * ((i >= j ? 1 : 0) - softmaxLeft));
    }
  }
  policy.addScores(ofScores, gradient);
}

/** Adds Σ_j c_j ∇θ log p_{a_j}: each shown item as if it stood first. */
export function addFirstGradient(
  policy: SlatePolicy,
  transition: Transition,
  coefficients: ArrayLike<number>,
  gradient: Float64Array,
): void {
  const { softmax, p } = policy;
  const ofScores = new Float64Array(p.length);
  for (let j = 0; j < transition.rewards.length; j++) {
    const own = (coefficients[j]! * (1 - FLOOR) * softmax[j]!) / p[j]!;
    ofScores[j]! += own;
    for (let i = 0; i < p.length; i++) ofScores[i]! -= own * transition.copies[i]! * softmax[i]!;
  }
  policy.addScores(ofScores, gradient);
}

/** The score θ · x of a candidate. */
export function scoreOf(theta: Float64Array, rows: Float64Array, candidate: number): number {
  let sum = 0;
  const base = candidate * theta.length;
  for (let f = 0; f < theta.length; f++) sum += theta[f]! * rows[base + f]!;
  return sum;
}

/** Adds Xᵀ · (d / d scores) to `gradient`. */
function addRows(ofScores: Float64Array, { rows }: Transition, gradient: Float64Array): void {
  const width = gradient.length;
  for (let i = 0; i < ofScores.length; i++) {
    if (ofScores[i] === 0) continue;
    for (let f = 0; f < width; f++) gradient[f]! += ofScores[i]! * rows[i * width + f]!;
  }
}

/**
 * Mass that is left for position j: of the shown items from there on, and of all that were not
 * shown.
 */
function massFrom(j: number, values: Float64Array, copies: Float64Array): number {
  let mass = 0;
  for (let i = j; i < values.length; i++) mass += copies[i]! * values[i]!;
  return mass;
}
