// Policies let loose in the seeded world, and what came of it by the world's own truth.

import type { Example } from '../../schemas/topics/examples.ts';
import type { Exploration } from '../exploration.ts';
import { convergence } from '../metrics/convergence.ts';
import { gini } from '../metrics/exposure.ts';
import { mean } from '../moments.ts';
import type { Policy } from '../policy.ts';
import { live } from '../world/live.ts';
import type { Size } from '../world/sizes.ts';
import { World } from '../world/world.ts';
import { type EvaluationRow, meanRow } from './evaluation.ts';

/** A policy new to the world, and how it takes in what happened. */
export interface Contender {
  readonly name: string;
  readonly exploration: Exploration;
  /**
   * Number of slates answered at each request, for a policy that learns by comparing them; only the
   * first is lived.
   * @default 1
   */
  readonly slates?: number;
  create(): { readonly policy: Policy; readonly learn?: (example: Example) => void };
}

/** One life, request by request. Its figures are expected clicks, free of the luck of a draw. */
export interface Life {
  readonly earned: Float64Array;
  /** Expected clicks of the best slate that the candidates allowed, by request. */
  readonly best: Float64Array;
  /** Number of earlier requests of the user who asked, by request. */
  readonly earlier: Int32Array;
  /** Number of times that each item of the world was shown. */
  readonly exposure: readonly number[];
}

/** Number of requests of a user that count as the first ones. */
const FIRST = 5;

/** Share of a life over which moving levels are taken. */
const WINDOW = 0.2;

/** Lives through a world. The same arguments give the same life; who comes when is the same for all. */
export function lifeOf(contender: Contender, size: Size, seed: number): Life {
  const { requests, candidates, k } = size;
  const world = new World({ ...size.world, seed });
  const { policy, learn } = contender.create();
  const earned = new Float64Array(requests);
  const best = new Float64Array(requests);
  const earlier = new Int32Array(requests);
  const visits = new Map<string, number>();
  const exposure = new Map(world.items.map(({ itemId }) => [itemId, 0]));
  const { exploration, slates = 1 } = contender;
  const asked = { requests, candidates, k, seed, slates };
  const options = { ...asked, exploration, ...(learn && { learn }) };
  let n = 0;
  for (const served of live(world, policy, options)) {
    const { userId } = served.context.state;
    earned[n] = served.expected;
    best[n] = served.best;
    earlier[n] = visits.get(userId) ?? 0;
    visits.set(userId, earlier[n]! + 1);
    for (const itemId of served.slate) exposure.set(itemId, exposure.get(itemId)! + 1);
    n += 1;
  }
  return { earned, best, earlier, exposure: [...exposure.values()] };
}

/**
 * What the lives of a policy come to, one a world: means with their standard errors, s / √worlds (none
 * of a single world). `chances`: the same worlds under the uniform policy.
 */
export function rowsOf(
  model: string,
  lives: readonly Life[],
  chances: readonly Life[],
): EvaluationRow[] {
  const worlds = lives.map((life, i) => figuresOf(life, chances[i]!));
  const rows = worlds[0]!.map(([metric, span], i): EvaluationRow => {
    const values = worlds.map((figures) => figures[i]![2]);
    return meanRow(model, metric, values, span);
  });
  const window = Math.max(1, Math.floor(WINDOW * lives[0]!.earned.length));
  // Of all worlds together: a single life never stays within 2 %, for luck of who comes.
  const earned = lives.map((life) => life.earned);
  const value = convergence(
    earned,
    lives.map(({ best }) => best),
    window,
  );
  return [...rows, { model, metric: 'convergence', span: 'all', value }];
}

type Figures = readonly (readonly [metric: string, span: EvaluationRow['span'], value: number])[];

function figuresOf(life: Life, chance: Life): Figures {
  const { earned, best, earlier, exposure } = life;
  const n = earned.length;
  const half = Math.floor(n / 2);
  const late = earned.subarray(half);
  const total = sum(earned);
  const shown = exposure.filter((count) => count > 0).length;
  return [
    ['reward', 'all', total / n],
    ['reward / uniform', 'all', total / sum(chance.earned)],
    ['cumulative reward', 'all', total],
    ['regret', 'all', sum(best) - total],
    ['reward, first 5', 'all', mean(earned.filter((_, i) => earlier[i]! < FIRST))],
    ['coverage', 'all', shown / exposure.length],
    ['exposure Gini', 'all', gini(exposure)],
    ['reward', 'last-half', mean(late)],
    ['reward / uniform', 'last-half', sum(late) / sum(chance.earned.subarray(half))],
    ['reward / best', 'last-half', sum(late) / sum(best.subarray(half))],
  ];
}

function sum(values: ArrayLike<number>): number {
  let total = 0;
  for (let i = 0; i < values.length; i++) total += values[i]!;
  return total;
}
