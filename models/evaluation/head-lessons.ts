// A head and the choices of users: what it sees of one, and the slates that it learns from.
import { type DrawnSlate, drawSlate, toProbabilities } from '../exploration.ts';
import { meanDirection } from '../llm/basis.ts';
import { type HeadContext, type HeadTransition, headContext } from '../llm/head.ts';
import type { HeadTrainer } from '../llm/head-trainer.ts';
import type { Random } from '../random.ts';
import { shownAs } from '../rl/group.ts';
import { FLOOR } from '../rl/slate-policy.ts';
import type { Choice } from './next-liked.ts';

/** Vectors of the catalogue, in a basis. */
export interface Space {
  readonly width: number;
  readonly vectors: ReadonlyMap<string, Float32Array>;
}

/** Number of likes that make up a profile, the newest ones. */
const PROFILE = 50;

/** What a head scores: candidates in the order of the choice. */
export function contextOf({ history, candidates }: Choice, { width, vectors }: Space): HeadContext {
  const liked = history.slice(-PROFILE).flatMap((itemId) => vectors.get(itemId) ?? []);
  return headContext(
    meanDirection(liked, width),
    candidates.map((itemId) => vectors.get(itemId)),
  );
}

/** The slate of what the user did: the liked item, shown alone. */
export function loggedSlate(choice: Choice, space: Space): HeadTransition {
  const slate = { chosen: [choice.liked], propensities: [1], logProbability: 0 };
  return decisionOf(choice, contextOf(choice, space), slate);
}

/**
 * Draws `n` slates of one choice by the head itself, with what the user would have done: read from
 * the top until the liked item, which is worth 1 / log2(1 + its rank).
 */
export function drawnSlates(
  trainer: HeadTrainer,
  choice: Choice,
  space: Space,
  { k, n }: { readonly k: number; readonly n: number },
  random: Random,
): HeadTransition[] {
  const context = contextOf(choice, space);
  const p = toProbabilities(trainer.scores(context), { floor: FLOOR });
  return Array.from({ length: n }, () => decisionOf(choice, context, drawSlate(p, k, random)));
}

function decisionOf(
  { userId, at, candidates, liked }: Choice,
  { profile, rows }: HeadContext,
  slate: DrawnSlate,
): HeadTransition {
  const copies = new Float64Array(candidates.length).fill(1);
  return {
    profile,
    userId,
    at,
    weights: new Float64Array(slate.chosen.length).fill(1),
    ...shownAs({ rows, copies }, slate, (i, j) => (i === liked ? 1 / Math.log2(2 + j) : 0)),
  };
}
