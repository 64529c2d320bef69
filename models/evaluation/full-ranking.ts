// Ranks one item among all there are. The protocol owns candidates, histories and ranks; models give
// scores alone, and what a model says of anything else is not heard.

import type { Example } from '../../schemas/topics/examples.ts';
import { grown, Ids } from '../ids.ts';
import { hitRate, midRank, ndcg } from '../metrics/ranking.ts';
import { mean, standardError } from '../moments.ts';
import type { EvaluationRow } from './evaluation.ts';

export interface NextItemModel {
  readonly name: string;
  /** Items that the model knows, in an order that only grows. */
  readonly itemIds: readonly string[];
  /**
   * How likely each of `itemIds` is the user's next item. Scores of items in the user's history are
   * ignored.
   */
  scoreItems(userId: string): ArrayLike<number>;
  learn(example: Example): void;
}

export class FullRanking {
  readonly models: readonly NextItemModel[];
  /** Candidates of every user: all items that the protocol knows of. */
  readonly items = new Ids();
  /** By model, the protocol's number of each of its items. */
  private readonly places: number[][];
  private scores = new Float64Array(0);

  constructor(models: readonly NextItemModel[]) {
    this.models = models;
    this.places = models.map(() => []);
  }

  /**
   * By model, the target's rank among all items outside the user's history: 1 + better + tied / 2.
   */
  ranks(userId: string, seen: ReadonlySet<number>, target: number): number[] {
    return this.models.map((model, m) => {
      this.place(model, this.places[m]!, userId);
      return midRank(this.scores, target, this.items.size, (item) => seen.has(item));
    });
  }

  private place(model: NextItemModel, places: number[], userId: string): void {
    const given = model.scoreItems(userId);
    for (let i = places.length; i < model.itemIds.length; i++) {
      places.push(this.items.find(model.itemIds[i]!));
    }
    this.scores = grown(this.scores, this.items.size);
    const { scores } = this;
    // What a model has no score for comes last.
    scores.fill(Number.NEGATIVE_INFINITY, 0, this.items.size);
    for (let i = 0; i < given.length; i++) if (places[i]! >= 0) scores[places[i]!] = given[i]!;
  }
}

/** Metrics of ranks, each a mean with its standard error. */
export function rankRows(
  ranks: readonly number[],
): Pick<EvaluationRow, 'metric' | 'value' | 'standardError'>[] {
  const metrics = {
    'HR@10': (rank: number) => hitRate(rank),
    'NDCG@10': (rank: number) => ndcg(rank),
    MRR: (rank: number) => 1 / rank,
  };
  return Object.entries(metrics).map(([metric, of]) => {
    const values = ranks.map(of);
    return { metric, value: mean(values), standardError: standardError(values) };
  });
}
