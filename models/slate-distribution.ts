// What a policy draws slates from: Plackett–Luce, or an even mixture of such distributions. A policy that
// draws its parameters, as Thompson sampling does, takes one draw for a whole slate: its items belong
// together, which no single Plackett–Luce can say.
import {
  type Arrangement,
  arrangedProbabilities,
  drawArranged,
  type FilledPlace,
  placesOf,
  unnarrowedProbabilities,
} from './arrangement.ts';
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
  /** What is pinned, narrowed or boosted; undefined where anything may stand anywhere. */
  readonly arrangement?: Arrangement | undefined;
}

/** Scores of a policy, of which a distribution can be made with and without an arrangement. */
export interface PolicyScores {
  readonly scores: Float64Array;
  /** Scores that decide a slate, each as likely; one at least. */
  readonly components: readonly [Float64Array, ...Float64Array[]];
}

export function policyScores(policy: Policy, context: DecisionContext): PolicyScores {
  const [first, ...others] = policy.mixture?.(context) ?? [];
  const scores = policy.scores(context);
  return { scores, components: first ? [first, ...others] : [scores] };
}

/**
 * The distribution of slates by scores with an exploration, which each component has. Under an arrangement
 * boosts are added to the scores, and floor and softmax are of the candidates that are not pinned.
 */
export function distributionOf(
  { scores, components }: PolicyScores,
  exploration: Exploration,
  arrangement?: Arrangement,
): SlateDistribution {
  const [first, ...others] = components.map((one) =>
    arrangement
      ? probabilitiesUnder(arrangement, one, exploration)
      : toProbabilities(one, exploration),
  );
  return { scores, components: [first!, ...others], arrangement };
}

/** The distribution of a policy's slates with its exploration. */
export function slateDistribution(
  policy: Policy,
  context: DecisionContext,
  exploration: Exploration,
  arrangement?: Arrangement,
): SlateDistribution {
  return distributionOf(policyScores(policy, context), exploration, arrangement);
}

function probabilitiesUnder(
  { pins, boosts }: Arrangement,
  scores: Float64Array,
  exploration: Exploration,
): Float64Array {
  const { temperature = 1 } = exploration;
  const pinned = new Set(pins.values());
  const free = Array.from(scores.keys()).filter((index) => !pinned.has(index));
  const probabilities = new Float64Array(scores.length);
  // A factor of the odds at any temperature.
  const p = toProbabilities(
    Float64Array.from(free, (index) => scores[index]! + temperature * (boosts?.[index] ?? 0)),
    exploration,
  );
  for (const [i, index] of free.entries()) probabilities[index] = p[i]!;
  return probabilities;
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
  const { components, arrangement } = distribution;
  if (components.length === 1 && !arrangement) return drawSlate(components[0], k, random);
  const component =
    components.length === 1 ? components[0] : components[random.below(components.length)]!;
  const chosen = arrangement
    ? drawArranged(arrangement, component, k, random)
    : drawSlate(component, k, random).chosen;
  const propensities = propensitiesOf(distribution, chosen, k);
  const logProbability = propensities.reduce((sum, p) => sum + Math.log(p), 0);
  return { chosen, propensities, logProbability };
}

/**
 * Probability of each item of a slate given the items above it: Σₘ wₘ πₘ(a | above) / Σₘ wₘ, where wₘ is
 * the probability of what stands above under component m. Their product is the slate's.
 * @param k number of items that were wanted; positions of an arrangement count up to it.
 * @default those of the slate
 * @param places of the slate. @default they are found
 */
export function propensitiesOf(
  { components, arrangement }: SlateDistribution,
  chosen: readonly number[],
  k = chosen.length,
  places = arrangement && placesOf(arrangement, chosen, k),
): number[] {
  const conditional = components.map((p) =>
    places ? arrangedProbabilities(places, p, chosen) : slateProbabilities(p, chosen),
  );
  return conditional.length === 1 ? conditional[0]! : mixed(conditional, conditional);
}

/**
 * Share of the probability left that an arrangement took away at each place of a drawn slate: 1 at a
 * pin, 0 where nothing was narrowed. The propensity times what is left of 1 is what it would have been.
 */
export function barredShares(
  { components }: Pick<SlateDistribution, 'components'>,
  places: readonly FilledPlace[],
  chosen: readonly number[],
): number[] {
  const narrowed = components.map((p) => arrangedProbabilities(places, p, chosen));
  const whole = components.map((p) => unnarrowedProbabilities(places, p, chosen));
  const [propensities, others] = [mixed(narrowed, narrowed), mixed(whole, narrowed)];
  return places.map(({ isPinned, allowed }, j) => {
    if (isPinned) return 1;
    return allowed ? Math.max(0, Math.min(ALMOST, 1 - others[j]! / propensities[j]!)) : 0;
  });
}

/** Largest share that is not that of a pin. */
const ALMOST = 1 - 1e-12;

/** Mean over the components of a value at each position, each weighed by how likely it is by what stands above. */
function mixed(
  values: readonly (readonly number[])[],
  conditional: readonly (readonly number[])[],
): number[] {
  let weights = values.map(() => 1);
  return values[0]!.map((_, j) => {
    const total = weights.reduce((sum, one) => sum + one, 0);
    const value = weights.reduce((sum, weight, m) => sum + weight * values[m]![j]!, 0) / total;
    const joint = weights.map((weight, m) => weight * conditional[m]![j]!);
    // Scaled, so that a long slate's weights stay numbers.
    const most = joint.reduce((max, one) => Math.max(max, one), 0);
    weights = most > 0 ? joint.map((one) => one / most) : weights;
    return value;
  });
}
