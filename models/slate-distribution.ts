// What a policy draws slates from: Plackett–Luce, or an even mixture of such distributions. A policy that
// draws its parameters, as Thompson sampling does, takes one draw for a whole slate: its items belong
// together, which no single Plackett–Luce can say.
import {
  type DrawnSlate,
  drawSlate,
  type Exploration,
  slateProbabilities,
  toProbabilities,
} from './exploration.ts';
import type { DecisionContext, Policy } from './policy.ts';
import type { Random } from './random.ts';

export interface SlateDistribution {
  /** Scores of the candidates as logged: those of the policy, or of the mixture's first position. */
  readonly scores: Float64Array;
  /** Probabilities for Plackett–Luce, one of which, each as likely, is drawn for a slate. */
  readonly components: readonly [Float64Array, ...Float64Array[]];
}

/** The distribution of a policy's slates with its exploration, which each component has. */
export function slateDistribution(
  policy: Policy,
  context: DecisionContext,
  exploration: Exploration,
): SlateDistribution {
  const mixture = policy.mixture?.(context) ?? [];
  const [first, ...others] = mixture.map((scores) => toProbabilities(scores, exploration));
  const scores = policy.scores(context);
  return {
    scores,
    components: first ? [first, ...others] : [toProbabilities(scores, exploration)],
  };
}

/** Probability of each candidate at the first position. */
export function firstProbabilities({ components }: SlateDistribution): Float64Array {
  if (components.length === 1) return components[0];
  return components[0].map(
    (_, i) => components.reduce((sum, p) => sum + p[i]!, 0) / components.length,
  );
}

/** Draws up to k items. The propensities are those of the mixture, not of the component drawn. */
export function drawFrom(distribution: SlateDistribution, k: number, random: Random): DrawnSlate {
  const { components } = distribution;
  if (components.length === 1) return drawSlate(components[0], k, random);
  const { chosen } = drawSlate(components[random.below(components.length)]!, k, random);
  const propensities = propensitiesOf(distribution, chosen);
  const logProbability = propensities.reduce((sum, p) => sum + Math.log(p), 0);
  return { chosen, propensities, logProbability };
}

/**
 * Probability of each item of a slate given the items above it: Σₘ wₘ πₘ(a | above) / Σₘ wₘ, where wₘ is
 * the probability of what stands above under component m. Their product is the slate's.
 */
export function propensitiesOf(
  { components }: SlateDistribution,
  chosen: readonly number[],
): number[] {
  if (components.length === 1) return slateProbabilities(components[0], chosen);
  const conditional = components.map((p) => slateProbabilities(p, chosen));
  let weights = components.map(() => 1);
  return chosen.map((_, j) => {
    const total = weights.reduce((sum, one) => sum + one, 0);
    const joint = weights.map((weight, m) => weight * conditional[m]![j]!);
    const propensity = joint.reduce((sum, one) => sum + one, 0) / total;
    // Scaled, so that a long slate's weights stay numbers.
    const most = joint.reduce((max, one) => Math.max(max, one), 0);
    weights = most > 0 ? joint.map((one) => one / most) : weights;
    return propensity;
  });
}
