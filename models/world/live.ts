// A policy let loose in the world: it decides, people answer, it learns. One request at a time.
import { loggedClick, loggedImpression } from '../../schemas/logged-events.ts';
import type { Example } from '../../schemas/topics/examples.ts';
import type { Impression } from '../../schemas/topics/impressions.ts';
import type { UserState } from '../../schemas/topics/user-state.ts';
import { answeredExample } from '../attribution.ts';
import { withVectors } from '../context-vectors.ts';
import type { DrawnSlate, Exploration } from '../exploration.ts';
import { meanDirection } from '../llm/basis.ts';
import { MemoryPipeline } from '../memory-pipeline.ts';
import type { ContextVectors, DecisionContext, Policy } from '../policy.ts';
import { mix32, Random } from '../random.ts';
import { drawFrom, firstProbabilities, slateDistribution } from '../slate-distribution.ts';
import { Crowd } from './crowd.ts';
import { type VisitOptions, visits } from './visits.ts';
import type { World } from './world.ts';

export interface LiveOptions extends VisitOptions {
  /** Number of items in a slate. @default 3 */
  readonly k?: number;
  /** Exploration of the policy. @default temperature 1, floor 0.05 */
  readonly exploration?: Exploration;
  /**
   * Number of slates drawn and answered at each request; the user lives through the first alone.
   * @default 1
   */
  readonly slates?: number;
  /**
   * Vectors of the items, for heads over hidden states; vectors.ts makes some.
   * @default no language model
   */
  readonly vectors?: ReadonlyMap<string, Float32Array>;
  /** Called with each example, in order, if a policy learns. */
  readonly learn?: (example: Example) => void;
}

export interface Served {
  readonly context: DecisionContext;
  /** Probability of each candidate at the first position. */
  readonly probabilities: Float64Array;
  readonly slate: readonly string[];
  /** Expected clicks by the world's truth, of the slate; `best` is for the best slate. */
  readonly expected: number;
  readonly best: number;
  readonly examples: readonly Example[];
}

/** Requests in order, with their truth. The same arguments give the same moments. */
export function* live(world: World, policy: Policy, options: LiveOptions): Generator<Served> {
  const { k = 3, slates = 1, learn } = options;
  const exploration = { floor: 0.05, ...options.exploration };
  const crowd = new Crowd(world);
  const pipeline = new MemoryPipeline({ groupsOf: (itemId) => world.item(itemId)!.groups });
  const likes = new Map<string, number>();
  let n = 0;
  for (const { userId, at, candidates, seed } of visits(world, options)) {
    const state = pipeline.stateOf(userId);
    const context: DecisionContext = {
      at,
      k,
      state,
      candidates: describe(world, state, candidates),
      vectors: options.vectors && seenBy(state, options.vectors, likes),
    };
    const distribution = slateDistribution(policy, context, exploration);
    const { scores } = distribution;
    const examples = Array.from({ length: slates }, (_, i) => {
      const slate = drawFrom(distribution, k, new Random(seed + i * 0x1_0000_0000));
      const impression = shown(`world-${n}-${i}`, policy, context, scores, slate);
      const ids = impression.items.map(({ itemId }) => itemId);
      const liked = crowd.answer(userId, ids, at, mix32(seed + i) >>> 0);
      const clicks = clicksOf(impression, liked);
      const example =
        i === 0
          ? pipeline.take(impression, clicks)
          : answeredExample(impression, state, pipeline.groupsIn(impression), clicks);
      return withVectors(example, context.vectors);
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
      probabilities: firstProbabilities(distribution),
      slate,
      expected: crowd.expectedReward(userId, slate, at),
      best: crowd.expectedReward(userId, best, at),
      examples,
    };
    for (const example of examples) learn?.(example);
    crowd.remember(userId, slate, clicked, at);
    n += 1;
  }
}

const likedBy = ({ recent }: UserState) =>
  recent.filter(({ positive }) => positive).map(({ itemId }) => itemId);

/** Vectors as a user sees them; undefined for a user who has liked nothing yet. */
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

function shown(
  impressionId: string,
  policy: Policy,
  context: DecisionContext,
  scores: Float64Array,
  { chosen, propensities }: DrawnSlate,
): Impression {
  const { at, state, candidates } = context;
  return loggedImpression(
    {
      ...{ impressionId, userId: state.userId, at },
      servedBy: 'served',
      policy: policy.name,
      version: policy.version,
      tier: 'fast',
      propensitySource: 'drawn',
      candidateCount: candidates.length,
      slateLogProb: propensities.reduce((sum, p) => sum + Math.log(p), 0),
      unshown: candidates
        .filter((_, index) => !chosen.includes(index))
        .map(({ itemId, similarity }) => ({ itemId, similarity, intent: null })),
    },
    chosen.map((index, position) => ({
      itemId: candidates[index]!.itemId,
      score: scores[index]!,
      propensity: propensities[position]!,
      similarity: candidates[index]!.similarity,
    })),
  );
}

function clicksOf({ impressionId, userId, at, items }: Impression, liked: readonly boolean[]) {
  return items
    .filter((_, position) => liked[position])
    .map(({ itemId, position }) =>
      loggedClick({ clickId: `${impressionId}-${position}`, impressionId, userId, itemId, at }),
    );
}
