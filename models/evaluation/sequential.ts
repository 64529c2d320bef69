// The next item of each user, ranked among all items before it is learned.

import type { Example } from '../../schemas/topics/examples.ts';
import type { TiedRank } from '../metrics/ranking.ts';
import type { EvaluationRow } from './evaluation.ts';
import { FullRanking, type NextItemModel, rankRows } from './full-ranking.ts';

/** Number of earlier events from which on a user is scored. */
const fewest = 5;

export interface SequentialResult {
  /** Number of events scored. */
  readonly n: number;
  readonly rows: EvaluationRow[];
}

export class SequentialEvaluation {
  private readonly ranking: FullRanking;
  private readonly histories = new Map<string, { events: number; seen: Set<number> }>();
  /** For each scored event, its place in the stream and its rank by each model. */
  private readonly scored: { at: number; ranks: TiedRank[] }[] = [];
  private events = 0;

  constructor(models: readonly NextItemModel[]) {
    this.ranking = new FullRanking(models);
  }

  /** Takes an example of one item, the user's next. */
  take(example: Example): void {
    const { items, models } = this.ranking;
    const { userId } = example;
    const { itemId } = example.items[0]!;
    const target = items.find(itemId);
    const history = this.histories.get(userId) ?? { events: 0, seen: new Set<number>() };
    this.histories.set(userId, history);
    if (history.events >= fewest && target >= 0 && !history.seen.has(target)) {
      const ranks = this.ranking.ranks(userId, history.seen, target);
      this.scored.push({ at: this.events, ranks });
    }
    for (const model of models) model.learn(example);
    history.seen.add(items.add(itemId));
    history.events += 1;
    this.events += 1;
  }

  /** HR@10, NDCG@10 and MRR, with standard errors of a mean. */
  result(): SequentialResult {
    const half = Math.floor(this.events / 2);
    const rows = this.ranking.models.flatMap(({ name: model }, m) =>
      (['all', 'last-half'] as const).flatMap((span) => {
        const scored = this.scored.filter(({ at }) => span === 'all' || at >= half);
        return rankRows(scored.map(({ ranks }) => ranks[m]!)).map((row) => ({
          model,
          span,
          ...row,
        }));
      }),
    );
    return { n: this.scored.length, rows };
  }
}
