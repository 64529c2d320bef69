// `decide`: a slate for a request, drawn from a policy's distribution, with everything logged that
// an off-policy estimate will ask for. Pure: the same request, state and snapshot give the same slate.

import { assignVariant } from '../../models/experiment/assign.ts';
import {
  drawSlate,
  type Exploration,
  slateProbabilities,
  toProbabilities,
} from '../../models/exploration.ts';
import { intentMatch } from '../../models/llm/intent-match.ts';
import type { Candidate, DecisionContext, Policy } from '../../models/policy.ts';
import { hash32, Random } from '../../models/random.ts';
import type { Impression } from '../../schemas/topics/impressions.ts';
import type { Intent } from '../../schemas/topics/intents.ts';
import type { Request } from '../../schemas/topics/requests.ts';
import type { UserState } from '../../schemas/topics/user-state.ts';
import type { ModelVectors } from '../tables/model-vectors.ts';

/** An arm of the experiment: a policy and how it explores. */
export interface Variant {
  readonly name: string;
  /** Share of the users. */
  readonly share: number;
  readonly exploration: Exploration;
  /** Which of the policies at hand it serves. */
  readonly policy: 'millrace' | 'popularity' | 'uniform' | 'inverted' | 'llm';
}

/** Everybody is served by the policy that learns; its floor keeps every item possible. */
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
  /** The policies at hand; a missing `millrace` means that no snapshot has come yet. */
  readonly policies: Readonly<Record<Variant['policy'], Policy>>;
  readonly missing: readonly string[];
}

/** A seed of a request: a function of its id alone, so a replay draws the same. */
export function seedOf(requestId: string, salt: string): number {
  return hash32(requestId, hash32(salt)) * 2 ** 20 + (hash32(salt, hash32(requestId)) % 2 ** 20);
}

export function decide(
  decider: Decider,
  request: Request,
  state: UserState,
  candidates: readonly Candidate[],
): Impression {
  const { requestId, userId, at, k } = request;
  const seed = seedOf(requestId, decider.salt);
  const context: DecisionContext = { at, k, state, candidates };
  const distributions = decider.variants.map((variant) => {
    const scores = decider.policies[variant.policy].scores(context);
    return { variant, scores, probabilities: toProbabilities(scores, variant.exploration) };
  });
  const arm = assignVariant(
    userId,
    decider.salt,
    decider.variants.map(({ name, share }) => ({ variant: name, share })),
  );
  const own = distributions.find(({ variant }) => variant.name === arm) ?? distributions[0]!;
  const slate = drawSlate(own.probabilities, k, new Random(seed));
  const shadows = distributions.map(({ probabilities }) =>
    slateProbabilities(probabilities, slate.chosen),
  );
  const policy = decider.policies[own.variant.policy];
  return {
    impressionId: `served-${requestId}`,
    requestId,
    userId,
    at,
    origin: 'served',
    policy: policy.name,
    version: policy.version,
    tier: policy.tier ?? 'fast',
    variant: own.variant.name,
    seed,
    candidateCount: candidates.length,
    propensitySource: 'drawn',
    slateLogProb: slate.logProbability,
    variants: decider.variants.map(({ name }) => name),
    items: slate.chosen.map((index, position) => ({
      itemId: candidates[index]!.itemId,
      position,
      score: own.scores[index]!,
      propensity: slate.propensities[position]!,
      shadows: shadows.map((column) => column[position]!),
      similarity: candidates[index]!.similarity,
      intent: candidates[index]!.intent ?? null,
    })),
    missing: [...decider.missing],
    latencyMs: 0,
    adapter: 0,
    unshown: [],
    shadowSlates: distributions
      .filter(({ variant }) => variant.share === 0)
      .map(({ variant, probabilities }) => {
        const drawn = drawSlate(probabilities, k, new Random(seed)).chosen;
        return {
          variant: variant.name,
          itemIds: drawn.map((index) => candidates[index]!.itemId),
          groups: drawn.flatMap((index) => [...candidates[index]!.groups]),
        };
      }),
  };
}

/** Items the user liked lately, newest last: what the profile is made of. */
export function likedItems(state: UserState): string[] {
  return state.recent.filter(({ positive }) => positive).map(({ itemId }) => itemId);
}

/** What candidates are described by. */
export interface Describing {
  readonly vectors: ModelVectors;
  readonly groupsOf: (itemId: string) => readonly string[];
  /** Of the user, if there is one. */
  readonly intent: Intent | undefined;
}

/** Candidates with what the policies may know of them. */
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
