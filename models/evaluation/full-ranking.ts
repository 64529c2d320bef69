// Ranks one item among all there are. The protocol owns candidates, histories and ranks; models give
// scores alone, and what a model says of anything else is not heard.

import type { Example } from '../../schemas/topics/examples.ts';
import { grown, Ids } from '../ids.ts';
import { hitRate, ndcg, rankOf, reciprocalRank, type TiedRank } from '../metrics/ranking.ts';
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

  /** By model, the target's rank among all items outside the user's history. */
  ranks(userId: string, seen: ReadonlySet<number>, target: number): TiedRank[] {
    return this.models.map((model, m) => {
      this.place(model, this.places[m]!, userId);
      return rankOf(this.scores, target, this.items.size, (item) => seen.has(item));
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
    scores.fill(Number.NaN, 0, this.items.size);
    for (let i = 0; i < given.length; i++) if (places[i]! >= 0) scores[places[i]!] = given[i]!;
  }
}

/** Metrics of ranks, each a mean with its standard error. */
export function rankRows(
  ranks: readonly TiedRank[],
): Pick<EvaluationRow, 'metric' | 'value' | 'standardError'>[] {
  const metrics = {
    'HR@10': (rank: TiedRank) => hitRate(rank),
    'NDCG@10': (rank: TiedRank) => ndcg(rank),
    MRR: reciprocalRank,
  };
  return Object.entries(metrics).map(([metric, of]) => {
    const values = ranks.map(of);
    return { metric, value: mean(values), standardError: standardError(values) };
  });
}
