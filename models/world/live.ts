// A policy let loose in the world: it decides, people answer, it learns. One request at a time.

import type { Click } from '../../schemas/topics/clicks.ts';
import type { Example } from '../../schemas/topics/examples.ts';
import type { UserState } from '../../schemas/topics/user-state.ts';

import { type DrawnSlate, drawSlate, type Exploration, toProbabilities } from '../exploration.ts';
import { meanDirection } from '../llm/basis.ts';
import type { ContextVectors, DecisionContext, Policy } from '../policy.ts';

import { mix32, Random } from '../random.ts';
import { Crowd } from './crowd.ts';
import { type VisitOptions, visits } from './visits.ts';
import type { World } from './world.ts';

/** How a user is remembered: the functions of the stream's own `track`. */
export interface Tracker {
  newUser(userId: string): UserState;
  trackImpression(state: UserState, at: number): UserState;
  trackClick(state: UserState, click: Click, groups: readonly string[]): UserState;
}

export interface LiveOptions extends VisitOptions {
  readonly tracker: Tracker;
  /** Items a slate. @default 3 */
  readonly k?: number;
  /** @default temperature 1, floor 0.05 */
  readonly exploration?: Exploration;
  /** Slates drawn and answered at each request; the user lives through the first alone. @default 1 */
  readonly slates?: number;
  /** Of the items, for heads over hidden states (vectors.ts makes some). @default no language model */
  readonly vectors?: ReadonlyMap<string, Float32Array>;
  /** Called with each example, in order; where a policy learns. */
  readonly learn?: (example: Example) => void;
}

export interface Served {
  readonly context: DecisionContext;
  readonly probabilities: Float64Array;
  readonly slate: readonly string[];
  /** True expected clicks: of the slate, of the best one. */
  readonly expected: number;
  readonly best: number;
  readonly examples: readonly Example[];
}

/** Requests in order, with their truth. The same arguments give the same moments. */
export function* live(world: World, policy: Policy, options: LiveOptions): Generator<Served> {
  const { tracker, k = 3, slates = 1, learn } = options;
  const exploration = { floor: 0.05, ...options.exploration };
  const crowd = new Crowd(world);
  const states = new Map<string, UserState>();
  const likes = new Map<string, number>();
  let n = 0;
  for (const { userId, at, candidates, seed } of visits(world, options)) {
    const state = states.get(userId) ?? tracker.newUser(userId);
    const context: DecisionContext = {
      at,
      k,
      state,
      candidates: describe(world, state, candidates),
      vectors: options.vectors && seenBy(state, options.vectors, likes),
    };
    const scores = policy.scores(context);
    const probabilities = toProbabilities(scores, exploration);
    const examples = Array.from({ length: slates }, (_, i) => {
      const slate = drawSlate(probabilities, k, new Random(seed + i * 2 ** 32));
      const ids = slate.chosen.map((index) => candidates[index]!);
      const clicked = crowd.answer(userId, ids, at, mix32(seed + i) >>> 0);
      return exampleOf(`world-${n}-${i}`, policy, context, scores, slate, clicked);
    });
    const first = examples[0]!;
    const slate = first.items.map(({ itemId }) => itemId);
    const clicked = first.items.map(({ positive }) => positive);
    for (const { itemId, positive } of first.items) {
      if (positive) likes.set(itemId, 1 + (likes.get(itemId) ?? 0));
    }
    const best = crowd.bestSlate(userId, candidates, k, at);
    yield {
      context,
      probabilities,
      slate,
      expected: crowd.expectedReward(userId, slate, at),
      best: crowd.expectedReward(userId, best, at),
      examples,
    };
    for (const example of examples) learn?.(example);
    crowd.remember(userId, slate, clicked, at);
    states.set(userId, tracked(tracker, state, first));
    n += 1;
  }
}

const likedBy = ({ recent }: UserState) =>
  recent.filter(({ positive }) => positive).map(({ itemId }) => itemId);

/** Undefined for a user who has liked nothing yet. */
function seenBy(
  state: UserState,
  vectors: ReadonlyMap<string, Float32Array>,
  likes: ReadonlyMap<string, number>,
): ContextVectors | undefined {
  const liked = likedBy(state).flatMap((itemId) => vectors.get(itemId) ?? []);
  if (liked.length === 0) return undefined;
  // As many likes as there are now, whenever it is asked.
  const counts = new Map(likes);
  return {
    space: 'made',
    profile: [...meanDirection(liked, liked[0]!.length)],
    featuresOf: (itemId) => [
      ...Array.from(vectors.get(itemId) ?? []),
      Math.log1p(counts.get(itemId) ?? 0),
    ],
  };
}

function describe(world: World, state: UserState, itemIds: readonly string[]) {
  const liked = likedBy(state);
  return itemIds.map((itemId) => ({
    itemId,
    groups: world.item(itemId)!.groups,
    similarity: world.similarity(liked, itemId),
  }));
}

function exampleOf(
  impressionId: string,
  policy: Policy,
  context: DecisionContext,
  scores: Float64Array,
  { chosen, propensities }: DrawnSlate,
  clicked: readonly boolean[],
): Example {
  const { at, state, candidates, vectors } = context;
  const featuresOf = (itemId: string) => [...(vectors?.featuresOf(itemId) ?? [])];
  return {
    impressionId,
    userId: state.userId,
    at,
    closedAt: at + 1000,
    origin: 'served',
    source: 'logged',
    confidence: 1,
    policy: policy.name,
    version: policy.version,
    tier: 'fast',
    variant: '',
    propensitySource: 'drawn',
    candidateCount: candidates.length,
    items: chosen.map((index, position) => {
      const { itemId, groups, similarity } = candidates[index]!;
      const positive = clicked[position]!;
      const reward = positive ? 1 : 0;
      const propensity = propensities[position]!;
      const score = scores[index]!;
      return {
        itemId,
        position,
        score,
        propensity,
        similarity,
        intent: null,
        shadows: [],
        features: featuresOf(itemId),
        groups: [...groups],
        positive,
        reward,
      };
    }),
    state,
    variants: [],
    shadowSlates: [],
    space: vectors?.space ?? '',
    profile: [...(vectors?.profile ?? [])],
    unshown: candidates
      .filter((_, index) => !chosen.includes(index))
      .map((one) => ({
        ...one,
        groups: [...one.groups],
        intent: null,
        features: featuresOf(one.itemId),
      })),
    simulatorView: null,
  };
}

function tracked(tracker: Tracker, before: UserState, example: Example): UserState {
  const { impressionId, userId, at } = example;
  let state = tracker.trackImpression(before, at);
  for (const { itemId, groups, positive, position, reward: value } of example.items) {
    if (!positive) continue;
    const clickId = `${impressionId}-${position}`;
    const fixed = { kind: 'click', source: 'logged', confidence: 1, similarity: null } as const;
    const click = { clickId, impressionId, userId, itemId, at, positive, value, ...fixed };
    state = tracker.trackClick(state, click, groups);
  }
  return state;
}
