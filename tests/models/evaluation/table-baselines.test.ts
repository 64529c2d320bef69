// The three baselines of every table, by hand.
import { describe, expect, it } from '@jest/globals';
import { ItemKnn } from '../../../models/baseline/item-knn.ts';
import { LastAction } from '../../../models/baseline/last-action.ts';
import type { HistoryModel } from '../../../models/evaluation/history-model.ts';
import { loggedExample } from '../../../models/evaluation/logged-example.ts';
import { HistoryItems, tableBaselines } from '../../../models/evaluation/table-baselines.ts';
import { newUser } from '../../../models/user/track.ts';

const [A, B, C, D] = [0, 1, 2, 3];

/** Learns one user's items in order. */
function live(model: HistoryModel, items: readonly number[]): void {
  for (const [at, item] of items.entries()) model.learn(item, items.slice(0, at));
}

describe('the baselines of a table', () => {
  it('are popularity, item-kNN and last action', () => {
    const names = tableBaselines().map(({ name }) => name);
    expect(names).toEqual(['popularity', 'item-kNN', 'last action']);
  });

  it('popularity counts every occurrence', () => {
    const [popularity] = tableBaselines();
    live(popularity!, [A, B, A]);
    expect([...popularity!.scores([B], 4)]).toEqual([2, 1, 0, 0]);
  });

  it('item-kNN weighs pairs by 1/distance, backward half, over both totals, by recency', () => {
    const knn = new ItemKnn({ recency: 0.7 });
    live(knn, [A, B, C]);
    // w: A→B 1, B→A 1/2, B→C 1, C→B 1/2, A→C 1/2, C→A 1/4; totals: A 1.5, B 1.5, C 0.75.
    const [a, b, c] = [6.5, 6.5, 5.75];
    const scores = knn.scores([A, B], 4);
    expect(scores[C]).toBeCloseTo(1 / Math.sqrt(b * c) + (0.7 * 0.5) / Math.sqrt(a * c), 12);
    expect(scores[A]).toBeCloseTo(0.5 / Math.sqrt(a * b), 12);
    expect(scores[B]).toBeCloseTo((0.7 * 1) / Math.sqrt(a * b), 12);
    expect(scores[D]).toBe(0);
    expect([...knn.scores([], 2)]).toEqual([0, 0]);
  });

  it('item-kNN pairs no item with itself, and nothing beyond its window', () => {
    const knn = new ItemKnn({ window: 1 });
    live(knn, [A, A, B, C]);
    // w: A→B 1, B→A 1/2, B→C 1, C→B 1/2.
    expect(knn.scores([A], 3)[A]).toBe(0);
    expect(knn.scores([A], 3)[C]).toBe(0);
    expect(knn.scores([A], 3)[B]).toBeCloseTo(1 / Math.sqrt(6 * 6.5), 12);
  });

  it('last action repeats the last item, then says what came right after it', () => {
    const last = new LastAction();
    live(last, [A, B, A, C, A, C, C]);
    expect([...last.scores([B, A], 4)]).toEqual([Infinity, 1, 2, 0]);
    expect([...last.scores([C], 4)]).toEqual([1, 0, Infinity, 0]);
    expect([...last.scores([], 4)]).toEqual([0, 0, 0, 0]);
  });

  it('learn and score the likes of examples, by the ids there', () => {
    const items = new HistoryItems(new LastAction());
    const shown = (userId: string, itemId: string, positive: boolean) =>
      items.learn(
        loggedExample(`${userId}-${itemId}`, 0, newUser(userId), [
          { itemId, groups: [], positive, reward: 1 },
        ]),
      );
    shown('u', 'x', true);
    shown('u', 'hated', false);
    shown('u', 'y', true);
    shown('v', 'x', true);
    expect(items.name).toBe('last action');
    expect(items.itemIds).toEqual(['x', 'hated', 'y']);
    expect([...items.scoreItems('v')]).toEqual([Infinity, 0, 1]);
    expect([...items.scoreItems('nobody')]).toEqual([0, 0, 0]);
  });
});
