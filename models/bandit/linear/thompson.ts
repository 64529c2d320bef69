// Linear Thompson sampling (Agrawal & Goyal 2013): θ̃ ~ N(θ, v² A⁻¹), and the best by θ̃ are shown: one
// draw of θ̃ for a slate, whatever its length.
//
// The chance of a slate has no closed form, so a decision takes M draws and shows the slate of one of
// them: the policy is that mixture, whose probabilities are exact; as M grows it is Thompson sampling
// itself. The draws are seeded by user, time and version.
import { normal } from '../../normal.ts';
import type { DecisionContext } from '../../policy.ts';
import { hash32, Random } from '../../random.ts';
import { epsilonGreedy, logOf } from '../greedy.ts';
import { type LinearState, linearKind } from './bandit.ts';
import { cholesky, type Ridge } from './ridge.ts';

const DRAWS = 64;
/** v: standard deviation of a reward of 0 or 1. */
const SPREAD = 0.3;
const EPSILON = 0.05;

export const linearThompson = linearKind(
  'linear-thompson',
  (...given) => logOf(mean(drawsOf(...given))),
  (...given) => drawsOf(...given).map(logOf),
);

function drawsOf(
  { ridge, version }: LinearState,
  rows: readonly Float64Array[],
  context: DecisionContext,
): Float64Array[] {
  return thompsonDraws(ridge, rows, context.k, new Random(seedOf(context, version)));
}

/** The ε-greedy slates of M draws of θ̃, each as probabilities for Plackett–Luce. */
export function thompsonDraws(
  ridge: Ridge,
  rows: readonly Float64Array[],
  k: number,
  random: Random,
  draws = DRAWS,
): Float64Array[] {
  const factor = cholesky(ridge.inverse, ridge.width);
  const expected = rows.map((x) => ridge.predict(x));
  const spread = rows.map((x) => timesFactor(x, factor));
  return Array.from({ length: draws }, () => {
    const z = Float64Array.from({ length: ridge.width }, () => SPREAD * normal(random));
    return epsilonGreedy(
      expected.map((value, a) => value + dot(spread[a]!, z)),
      k,
      EPSILON,
    );
  });
}

/** Mean of the draws: the probabilities of the first position. */
function mean(draws: readonly Float64Array[]): Float64Array {
  const mixture = new Float64Array(draws[0]!.length);
  for (const p of draws) for (let a = 0; a < p.length; a++) mixture[a]! += p[a]! / draws.length;
  return mixture;
}

/** The product xᵀ L. */
function timesFactor(x: Float64Array, L: Float64Array): Float64Array {
  const width = x.length;
  const product = new Float64Array(width);
  for (let i = 0; i < width; i++) {
    for (let j = 0; j <= i; j++) product[j]! += x[i]! * L[i * width + j]!;
  }
  return product;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

function seedOf({ state, at }: DecisionContext, version: number): number {
  return hash32(`${state.userId}/${at}`, version);
}
