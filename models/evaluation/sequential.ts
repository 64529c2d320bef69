// The next item of each user, ranked among all items before it is learned. The protocol owns candidates,
// ranks and histories; models give scores alone.
import type { Example } from '../../schemas/topics/examples.ts';
import { grown, Ids } from '../ids.ts';
import { hitRate, ndcg } from '../metrics/ranking.ts';
import type { EvaluationRow } from './evaluation.ts';

export interface NextItemModel {
  readonly name: string;
  /** Items it knows, in an order that only grows. */
  readonly itemIds: readonly string[];
  /** How likely each of `itemIds` is the user's next; what it says of items of the history is not heard. */
  scoreItems(userId: string): ArrayLike<number>;
  learn(example: Example): void;
}

/** A user is scored from so many earlier events on. */
const fewest = 5;

export interface SequentialResult {
  /** Events scored. */
  readonly n: number;
  readonly rows: EvaluationRow[];
}

export class SequentialEvaluation {
  private readonly models: readonly NextItemModel[];
  private readonly items = new Ids();
  private readonly histories = new Map<string, { events: number; seen: Set<number> }>();
  /** By model: the protocol's number of each of its items. */
  private readonly places: number[][];
  private readonly ranks: number[][];
  /** Of each scored event: its place in the stream. */
  private readonly at: number[] = [];
  private scores = new Float64Array(0);
  private events = 0;

  constructor(models: readonly NextItemModel[]) {
    this.models = models;
    this.places = models.map(() => []);
    this.ranks = models.map(() => []);
  }

  /** An example of one item, the user's next. */
  take(example: Example): void {
    const { userId } = example;
    const { itemId } = example.items[0]!;
    const target = this.items.find(itemId);
    const history = this.histories.get(userId) ?? { events: 0, seen: new Set<number>() };
    this.histories.set(userId, history);
    if (history.events >= fewest && target >= 0 && !history.seen.has(target)) {
      this.at.push(this.events);
      for (const [m, model] of this.models.entries()) {
        this.ranks[m]!.push(this.rank(m, model, userId, history.seen, target));
      }
    }
    for (const model of this.models) model.learn(example);
    history.seen.add(this.items.add(itemId));
    history.events += 1;
    this.events += 1;
  }

  /** HR@10, NDCG@10, MRR, with standard errors of a mean. */
  result(): SequentialResult {
    const half = this.at.findIndex((at) => at >= Math.floor(this.events / 2));
    const rows = this.models.flatMap(({ name: model }, m) =>
      (['all', 'last-half'] as const).flatMap((span) => {
        const ranks = span === 'all' ? this.ranks[m]! : this.ranks[m]!.slice(half);
        return rankRows(ranks).map((row) => ({ model, span, ...row }));
      }),
    );
    return { n: this.at.length, rows };
  }

  /** 1 + better + tied / 2 among all items that occurred before, less the history. */
  private rank(
    m: number,
    model: NextItemModel,
    userId: string,
    seen: ReadonlySet<number>,
    target: number,
  ): number {
    const given = model.scoreItems(userId);
    const places = this.places[m]!;
    for (let i = places.length; i < model.itemIds.length; i++) {
      places.push(this.items.find(model.itemIds[i]!));
    }
    this.scores = grown(this.scores, this.items.size);
    const { scores } = this;
    // What a model has no score for comes last.
    scores.fill(Number.NEGATIVE_INFINITY, 0, this.items.size);
    for (let i = 0; i < given.length; i++) if (places[i]! >= 0) scores[places[i]!] = given[i]!;
    return rankOf(scores, this.items.size, seen, target);
  }
}

/** 1 + better + tied / 2 of the target among the first `size` scores, less what was seen. */
export function rankOf(
  scores: ArrayLike<number>,
  size: number,
  seen: ReadonlySet<number>,
  target: number,
): number {
  const score = scores[target]!;
  let better = 0;
  let tied = -1; // the target itself
  for (let i = 0; i < size; i++) {
    if (scores[i]! < score || seen.has(i)) continue;
    if (scores[i]! > score) better += 1;
    else tied += 1;
  }
  return 1 + better + tied / 2;
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
    const n = ranks.length;
    const value = ranks.reduce((sum, rank) => sum + of(rank), 0) / n;
    const squares = ranks.reduce((sum, rank) => sum + (of(rank) - value) ** 2, 0);
    return { metric, value, standardError: Math.sqrt(squares / (n - 1) / n) };
  });
}
