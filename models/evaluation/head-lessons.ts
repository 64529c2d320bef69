// A head and the choices of users: what it sees of one, and the slates that it learns from.
import { drawSlate, type Slate, toProbabilities } from '../exploration.ts';
import { meanDirection } from '../llm/basis.ts';
import { type HeadContext, type HeadDecision, headContext } from '../llm/head.ts';
import type { HeadTrainer } from '../llm/head-trainer.ts';
import type { Random } from '../random.ts';
import { FLOOR } from '../rl/slate-policy.ts';
import type { Choice } from './next-liked.ts';

/** Vectors of the catalogue in a basis. */
export interface Space {
  readonly width: number;
  readonly vectors: ReadonlyMap<string, Float32Array>;
}

/** Likes that make up a profile, the newest ones. */
const PROFILE = 50;

/** What a head scores, candidates in the order of the choice or in another. */
export function contextOf(
  { history, candidates }: Choice,
  { width, vectors }: Space,
  order: readonly number[] = [...candidates.keys()],
): HeadContext {
  const liked = history.slice(-PROFILE).flatMap((itemId) => vectors.get(itemId) ?? []);
  return headContext(
    meanDirection(liked, width),
    order.map((i) => vectors.get(candidates[i]!)),
  );
}

/** What the user did: the liked one, shown alone. */
export function loggedSlate(choice: Choice, space: Space): HeadDecision {
  const slate = { chosen: [choice.liked], propensities: [1], logProbability: 0 };
  return decisionOf(choice, space, slate);
}

/**
 * A slate of the head's own, and what the user would have done: read from the top until the liked one,
 * which is worth 1 / log2(1 + its rank).
 */
export function drawnSlate(
  trainer: HeadTrainer,
  choice: Choice,
  space: Space,
  k: number,
  random: Random,
): HeadDecision {
  const scores = trainer.scores(contextOf(choice, space));
  const p = toProbabilities(scores, { floor: FLOOR });
  return decisionOf(choice, space, drawSlate(p, k, random));
}

function decisionOf(choice: Choice, space: Space, { chosen, propensities }: Slate): HeadDecision {
  const { userId, at, candidates, liked } = choice;
  const shown = new Set(chosen);
  const order = [...chosen, ...[...candidates.keys()].filter((i) => !shown.has(i))];
  return {
    ...contextOf(choice, space, order),
    userId,
    at,
    weight: 1,
    copies: new Float64Array(candidates.length).fill(1),
    propensities: Float64Array.from(propensities),
    rewards: Float64Array.from(chosen, (i, j) => (i === liked ? 1 / Math.log2(2 + j) : 0)),
  };
}
