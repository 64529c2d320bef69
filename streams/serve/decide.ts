// `decide`: a slate for a request, drawn from a policy's distribution, with everything logged that
// an off-policy estimate will ask for. Pure: the same request, state and snapshot give the same slate.

import { type FilledPlace, placesOf } from '../../models/arrangement.ts';
import { assignVariant } from '../../models/experiment/assign.ts';
import type { Exploration } from '../../models/exploration.ts';
import { intentMatch } from '../../models/llm/intent-match.ts';
import { policies } from '../../models/policies.ts';
import type { Candidate, ContextVectors, DecisionContext, Policy } from '../../models/policy.ts';
import { hash32, Random, shuffled } from '../../models/random.ts';
import { effectsOf } from '../../models/rules/effects.ts';
import type { Arranged, RulesInForce } from '../../models/rules/in-force.ts';
import {
  barredShares,
  distributionOf,
  drawFrom,
  type PolicyScores,
  policyScores,
  propensitiesOf,
  type SlateDistribution,
} from '../../models/slate-distribution.ts';
import type { Impression } from '../../schemas/topics/impressions.ts';
import type { Intent } from '../../schemas/topics/intents.ts';
import type { Request } from '../../schemas/topics/requests.ts';
import type { UserState } from '../../schemas/topics/user-state.ts';
import type { ModelVectors } from '../tables/model-vectors.ts';

/** An arm of the experiment: a policy and its exploration. */
export interface Variant {
  readonly name: string;
  /** Share of the users, relative to the other variants. */
  readonly share: number;
  readonly exploration: Exploration;
  /** Name of a policy of the registry, `models/policies.ts`. */
  readonly policy: string;
}

/** One variant for everybody: the policy that learns, whose floor keeps every item possible. */
export const safeVariants: readonly Variant[] = Object.freeze([
  {
    name: 'millrace',
    policy: 'millrace',
    share: 1,
    exploration: { temperature: 0.2, floor: 0.05 },
  },
]);

export interface Decider {
  readonly salt: string;
  readonly variants: readonly Variant[];
  /**
   * Gives the policy that decides for a variant with this policy name: that policy, or one in its
   * place.
   */
  readonly policyOf: (name: string, context: DecisionContext) => Policy;
  /** Names of what had not arrived at the decision, such as `snapshot` or `vectors`. */
  readonly missing: readonly string[];
  /** Vectors of the user and the candidates. @default none */
  readonly vectors?: ContextVectors | undefined;
  /** Largest number of candidates not shown that are logged with the slate. @default 0 */
  readonly unshown?: number;
  /** The rules of the shop that hold, and what they make of the candidates. @default none */
  readonly ruled?: Ruled | undefined;
}

export interface Ruled {
  readonly inForce: RulesInForce;
  readonly arranged: Arranged;
}

/** The seed of a request. It depends on the id and the salt alone, so a replay draws the same. */
export function seedOf(requestId: string, salt: string): number {
  return (
    hash32(requestId, hash32(salt)) * 0x10_0000 + (hash32(salt, hash32(requestId)) % 0x10_0000)
  );
}

/** Id of the slate with which a request is answered. */
export function servedId({ requestId }: Pick<Request, 'requestId'>): string {
  return `served-${requestId}`;
}

export function decide(
  decider: Decider,
  request: Request,
  state: UserState,
  candidates: readonly Candidate[],
): Impression {
  const { requestId, userId, at, k } = request;
  const seed = seedOf(requestId, decider.salt);
  const { vectors } = decider;
  const context: DecisionContext = { at, k, state, candidates, vectors };
  const arrangement = decider.ruled?.arranged.arrangement;
  const distributions = decider.variants.map((variant) => {
    const policy = decider.policyOf(variant.policy, context);
    const scores = policyScores(policy, context);
    const slates = distributionOf(scores, variant.exploration, arrangement);
    return { variant, policy, scores, slates };
  });
  const arm = assignVariant(
    userId,
    decider.salt,
    decider.variants.map(({ name, share }) => ({ variant: name, share })),
  );
  const own = distributions.find(({ variant }) => variant.name === arm) ?? distributions[0]!;
  const slate = drawFrom(own.slates, k, new Random(seed));
  const places = arrangement && placesOf(arrangement, slate.chosen, k);
  const targetPropensities = distributions.map(({ slates }) =>
    propensitiesOf(slates, slate.chosen, k, places),
  );
  const { policy } = own;
  const { effects, barred } = ruledBy(decider, own, slate.chosen, places, new Random(seed), k);
  return {
    impressionId: servedId(request),
    requestId,
    userId,
    at,
    servedBy: 'served',
    policy: policy.name,
    version: policy.version,
    tier: policy.tier ?? 'fast',
    variant: own.variant.name,
    seed,
    candidateCount: candidates.length,
    propensitySource: 'drawn',
    slateLogProb: slate.logProbability,
    variants: decider.variants.map(({ name }) => name),
    standIns: distributions
      .filter(({ variant, policy: decided }) => isStandIn(variant, decided))
      .map(({ variant }) => variant.name),
    items: slate.chosen.map((index, position) => ({
      itemId: candidates[index]!.itemId,
      position,
      score: own.slates.scores[index]!,
      propensity: slate.propensities[position]!,
      targetPropensities: targetPropensities.map((column) => column[position]!),
      similarity: candidates[index]!.similarity,
      intent: candidates[index]!.intent ?? null,
      barred: barred[position] ?? 0,
    })),
    missing: missingOf(decider, own.variant, policy),
    latencyMs: 0,
    adapter: 0,
    rules: effects,
    unshown: unshownOf(decider, requestId, candidates, slate.chosen),
    targetSlates: distributions
      .filter(({ variant }) => variant.share === 0)
      .map(({ variant, slates }) => {
        const drawn = drawFrom(slates, k, new Random(seed)).chosen;
        return {
          variant: variant.name,
          itemIds: drawn.map((index) => candidates[index]!.itemId),
          groups: drawn.flatMap((index) => [...candidates[index]!.groups]),
        };
      }),
  };
}

/** What the rules did to a slate, and the share of the choice that they took away at each position. */
function ruledBy(
  { ruled }: Decider,
  {
    variant,
    scores,
    slates,
  }: { variant: Variant; scores: PolicyScores; slates: SlateDistribution },
  chosen: readonly number[],
  places: readonly FilledPlace[] | undefined,
  random: Random,
  k: number,
): { effects: Impression['rules']; barred: readonly number[] } {
  if (!ruled) return { effects: [], barred: [] };
  const { inForce, arranged } = ruled;
  if (!places) {
    const slate = { arranged, chosen, places: [], plain: chosen };
    return { effects: effectsOf(inForce, slate), barred: [] };
  }
  const plain = drawFrom(distributionOf(scores, variant.exploration), k, random).chosen;
  return {
    effects: effectsOf(inForce, { arranged, chosen, places, plain }),
    barred: barredShares(slates, places, chosen),
  };
}

/** Whether what decides for a variant is not its own policy as learned: another, or one without a snapshot. */
function isStandIn({ policy }: Variant, { name, version }: Policy): boolean {
  return name !== policy || (policies.get(policy)?.source !== undefined && version === 0);
}

/**
 * What was missing at the decision, with `policy` added if another policy decided than the variant
 * names and the lack of all snapshots does not explain it.
 */
function missingOf({ missing }: Decider, variant: Variant, { name }: Policy): string[] {
  const stoodIn = name !== variant.policy && !missing.includes('snapshot');
  return stoodIn ? [...missing, 'policy'] : [...missing];
}

/** An even sample of what was not shown, drawn by a seed of its own. */
function unshownOf(
  { salt, unshown = 0 }: Decider,
  requestId: string,
  candidates: readonly Candidate[],
  chosen: readonly number[],
): Impression['unshown'] {
  if (unshown === 0) return [];
  const shown = new Set(chosen);
  const others = candidates.filter((_, index) => !shown.has(index));
  const random = new Random(seedOf(requestId, `${salt} unshown`));
  return shuffled(others, random)
    .slice(0, unshown)
    .map(({ itemId, similarity, intent = null }) => ({ itemId, similarity, intent }));
}

/** Items the user liked lately, newest last: what the profile is made of. */
export function likedItems(state: UserState): string[] {
  return state.recent.filter(({ positive }) => positive).map(({ itemId }) => itemId);
}

/** What candidates are described with. */
export interface Describing {
  readonly vectors: ModelVectors;
  readonly groupsOf: (itemId: string) => readonly string[];
  /** The user's intent, if there is one. */
  readonly intent: Intent | undefined;
}

/** The candidates with what the policies may know of them: groups, similarity and intent. */
export function describeCandidates(
  itemIds: readonly string[],
  state: UserState,
  { vectors, groupsOf, intent }: Describing,
): Candidate[] {
  const profile = vectors.profile(likedItems(state));
  return itemIds.map((itemId) => {
    const groups = groupsOf(itemId);
    return {
      itemId,
      groups,
      similarity: profile ? vectors.similarity(profile, itemId) : null,
      intent: intent ? intentMatch(intent, groups) : null,
    };
  });
}
