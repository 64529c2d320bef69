// The three baselines that stand in every table: popularity, item-kNN, last action.
import type { Example } from '../../schemas/topics/examples.ts';
import { ItemFrequency } from '../baseline/item-frequency.ts';
import { ItemKnn, type ItemKnnOptions } from '../baseline/item-knn.ts';
import { LastAction } from '../baseline/last-action.ts';
import { Ids } from '../ids.ts';
import type { NextItemModel } from './full-ranking.ts';
import type { HistoryModel } from './history-model.ts';

/** The baselines of one table, new. */
export function tableBaselines(knn?: ItemKnnOptions): HistoryModel[] {
  return [new ItemFrequency(), new ItemKnn(knn), new LastAction()];
}

/** A history model in a protocol of examples: a user's likes are the history. */
export class HistoryItems implements NextItemModel {
  readonly #model: HistoryModel;
  readonly #items = new Ids();
  readonly #histories = new Map<string, number[]>();

  constructor(model: HistoryModel) {
    this.#model = model;
  }

  get name(): string {
    return this.#model.name;
  }

  get itemIds(): readonly string[] {
    return this.#items.names;
  }

  scoreItems(userId: string): Float64Array {
    return this.#model.scores(this.#histories.get(userId) ?? [], this.#items.size);
  }

  learn({ userId, items }: Example): void {
    const history = this.#histories.get(userId) ?? [];
    this.#histories.set(userId, history);
    for (const { itemId, positive } of items) {
      const item = this.#items.add(itemId);
      if (!positive) continue;
      this.#model.learn(item, history);
      history.push(item);
    }
  }
}
