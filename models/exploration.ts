// Scores become probabilities, and a slate is drawn: two steps, and what was drawn with is logged.
import { MillraceError } from '../schemas/errors.ts';
import type { Random } from './random.ts';

export interface Exploration {
  /** Divisor of the scores, above 0; a small one is greedy. @default 1 */
  readonly temperature?: number;
  /**
   * Share of the uniform distribution that is mixed in, 0 to 1, so that no propensity vanishes.
   * @default 0
   */
  readonly floor?: number;
}

export interface DrawnSlate {
  /** Indices of the drawn candidates, top position first. */
  readonly chosen: number[];
  /** Probability of each position's item, given the items above it. */
  readonly propensities: number[];
  /** Sum of the propensities' natural logarithms. */
  readonly logProbability: number;
}

/** Probabilities of scores: p = (1 − floor) · softmax(scores / temperature) + floor / n. */
export function toProbabilities(scores: ArrayLike<number>, options: Exploration = {}) {
  const { temperature = 1, floor = 0 } = options;
  if (!(temperature > 0) || !(floor >= 0 && floor <= 1)) {
    throw new MillraceError({
      code: 'exploration-invalid',
      what: `Exploration with temperature ${temperature} and floor ${floor} is no distribution.`,
      todo: 'Use a temperature above 0 and a floor from 0 to 1.',
    });
  }
  const n = scores.length;
  const p = new Float64Array(n);
  let max = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < n; i++) max = Math.max(max, scores[i]!);
  let total = 0;
  for (let i = 0; i < n; i++) {
    p[i] = Math.exp((scores[i]! - max) / temperature);
    total += p[i]!;
  }
  for (let i = 0; i < n; i++) p[i] = ((1 - floor) * p[i]!) / total + floor / n;
  return p;
}

/**
 * Plackett–Luce (Plackett 1975): draws up to k items without replacement, each position from the
 * probabilities renormalised over what is left.
 */
export function drawSlate(probabilities: Float64Array, k: number, random: Random): DrawnSlate {
  const left = Float64Array.from(probabilities);
  const chosen: number[] = [];
  const size = Math.min(k, left.length);
  while (chosen.length < size) {
    const mass = sum(left);
    if (!(mass > 0)) break; // what is left has probability 0 to the last bit
    let point = random.next() * mass;
    let pick = -1;
    for (let i = 0; i < left.length; i++) {
      if (left[i]! <= 0) continue;
      pick = i; // rounding may leave `point` positive at the end: the last possible item it is
      point -= left[i]!;
      if (point < 0) break;
    }
    chosen.push(pick);
    left[pick] = 0;
  }
  const propensities = slateProbabilities(probabilities, chosen);
  return { chosen, propensities, logProbability: logSum(propensities) };
}

/**
 * Probability of each position of a given slate, given the items above it, under any distribution.
 */
export function slateProbabilities(probabilities: Float64Array, chosen: readonly number[]) {
  const left = Float64Array.from(probabilities);
  return chosen.map((index) => {
    // Summed afresh at each position: subtracting would lose the small probabilities.
    const mass = sum(left);
    const p = mass > 0 ? left[index]! / mass : 0;
    left[index] = 0;
    return p;
  });
}

function sum(values: Float64Array): number {
  let total = 0;
  for (let i = 0; i < values.length; i++) total += values[i]!;
  return total;
}

function logSum(probabilities: readonly number[]): number {
  return probabilities.reduce((total, p) => total + Math.log(p), 0);
}
