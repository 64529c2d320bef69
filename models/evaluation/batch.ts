// Leave-one-out: each user's last positive, ranked among all items once everything before it is learned.
//
// A split by user, not by time: of other users the models know what came later. That is the custom of
// published figures; `sequential` is the protocol without it.
import type { Example } from '../../schemas/topics/examples.ts';
import type { EvaluationRow } from './evaluation.ts';
import { FullRanking, type NextItemModel, rankRows } from './full-ranking.ts';

/** Fewest positives of a user who counts. */
const fewest = 5;

export class BatchEvaluation {
  private readonly ranking: FullRanking;
  /** By user, the number of positives that are still to come. */
  private readonly left: Map<string, number>;
  private readonly histories = new Map<string, Set<number>>();
  /** By user, the item held out. */
  private readonly held = new Map<string, number>();

  /** @param positives number of positives of each user in the whole log */
  constructor(models: readonly NextItemModel[], positives: ReadonlyMap<string, number>) {
    this.ranking = new FullRanking(models);
    this.left = new Map([...positives].filter(([, n]) => n >= fewest));
  }

  /**
   * Takes an example of one positive item. Examples must come in order of time; a user's last is
   * held out.
   */
  take(example: Example): void {
    const { userId } = example;
    const left = this.left.get(userId);
    if (left === undefined) return;
    this.left.set(userId, left - 1);
    const { items, models } = this.ranking;
    const item = items.add(example.items[0]!.itemId);
    if (left === 1) {
      this.held.set(userId, item);
      return;
    }
    for (const model of models) model.learn(example);
    const seen = this.histories.get(userId);
    if (seen) seen.add(item);
    else this.histories.set(userId, new Set([item]));
  }

  /**
   * HR@10, NDCG@10 and MRR over users, with standard errors of a mean. Call it when all examples
   * were taken.
   */
  result(): { n: number; rows: EvaluationRow[] } {
    const ranks = [...this.held].map(([userId, target]) =>
      this.ranking.ranks(userId, this.histories.get(userId)!, target),
    );
    const rows = this.ranking.models.flatMap(({ name: model }, m) =>
      rankRows(ranks.map((one) => one[m]!)).map((row) => ({ model, span: 'all' as const, ...row })),
    );
    return { n: ranks.length, rows };
  }
}
