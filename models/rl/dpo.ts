// Direct preference optimisation (Rafailov et al. 2023, equation 7), on pairs from one impression.
//
// L = −log σ(β [(s_w − s_l) − (s'_w − s'_l)]), s' the scores of the reference, which is the policy before it
// learned: uniform for a linear one, the zero-shot policy for a head. Normalisers cancel, so nothing but the
// shown is needed. Who served the pair, and with what temperature and floor, is not in the loss: it holds for
// pairs of any log, and exploration says nothing of what is preferred.
// A liked item is preferred to the unliked ones above it and to the one right below (Joachims et al.
// 2005): what stands lower may not have been looked at. A pair weighs as much as the outcome that is known less.

import { reinforcementKind } from './learner.ts';
import { linear, type Objective, type Scorer } from './slate-policy.ts';
import type { Transition } from './transition.ts';

// Looked up once: in a vm context, such as a test runner's, every look-up of a global is slow.
const { exp, log1p, min } = Math;

const BETA = 0.15;
const RATE = 0.03;

export const dpo = reinforcementKind({
  name: 'dpo',
  gapMs: null,
  batch: 8,
  fromAnybody: true,
  update({ actor, reference }, impressions) {
    const transitions = impressions.flat();
    if (transitions.every((transition) => pairsOf(transition).length === 0)) return;
    actor.ascend(dpoObjective(actor.weights, reference, transitions).gradient, RATE);
  },
});

/** Pairs of positions: [preferred, other]. */
export function pairsOf({ rewards }: Transition): [number, number][] {
  const pairs: [number, number][] = [];
  for (const [w, won] of rewards.entries()) {
    if (won === 0) continue;
    for (let l = 0; l <= w + 1 && l < rewards.length; l++) if (rewards[l] === 0) pairs.push([w, l]);
  }
  return pairs;
}

/** The objective −L, summed over the pairs. @param reference parameters of the reference */
export function dpoObjective<D extends Transition>(
  theta: Float64Array,
  reference: Float64Array,
  transitions: readonly D[],
  scorer: Scorer<D> = linear,
): Objective {
  const gradient = new Float64Array(theta.length);
  let value = 0;
  for (const transition of transitions) {
    const { weights } = transition;
    const pairs = pairsOf(transition);
    if (pairs.length === 0) continue;
    const scores = scorer.scores(theta, transition);
    const before = scorer.scores(reference, transition);
    const ofScores = new Float64Array(scores.length);
    for (const [w, l] of pairs) {
      const weight = min(weights[w]!, weights[l]!);
      const ours = scores[w]! - scores[l]!;
      const theirs = before[w]! - before[l]!;
      const z = BETA * (ours - theirs);
      value -= weight * log1p(exp(-z));
      const slope = (weight * BETA) / (1 + exp(z));
      ofScores[w]! += slope;
      ofScores[l]! -= slope;
    }
    scorer.addGradient(theta, transition, ofScores, gradient);
  }
  return { value, gradient };
}
