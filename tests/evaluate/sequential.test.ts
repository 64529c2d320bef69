// The protocol of the next item, by hand.
import { describe, expect, it } from '@jest/globals';
import { type NextItemModel, rankRows } from '../../models/evaluation/full-ranking.ts';
import { loggedExample } from '../../models/evaluation/logged-example.ts';
import { PopularItems } from '../../models/evaluation/popular-items.ts';
import { SequentialEvaluation } from '../../models/evaluation/sequential.ts';
import { newUser } from '../../models/user/track.ts';

const event = (user: string, itemId: string) =>
  loggedExample(`${user}-${itemId}`, 0, newUser(user), [
    { itemId, groups: [], positive: true, reward: 1 },
  ]);

describe('evaluate sequential', () => {
  it('scores from the sixth event on, for items that occurred before and are new to the user', () => {
    const evaluation = new SequentialEvaluation([new PopularItems()]);
    for (const itemId of ['x', 'y', 'y', 'z']) evaluation.take(event('other', itemId));
    // Repeats count as events; the sixth is the first to be scored.
    for (const itemId of ['a', 'a', 'a', 'b', 'b']) evaluation.take(event('u', itemId));
    expect(evaluation.result().n).toBe(0);
    evaluation.take(event('u', 'new')); // never occurred before
    evaluation.take(event('u', 'a')); // in the history
    expect(evaluation.result().n).toBe(0);
    evaluation.take(event('u', 'x')); // x and z tie behind y: 1 + 1 + 1/2
    evaluation.take(event('u', 'y')); // of y and z, y leads
    const { n, rows } = evaluation.result();
    expect(n).toBe(2);
    const value = (metric: string, span: string) =>
      rows.find((row) => row.metric === metric && row.span === span)!.value;
    expect(value('HR@10', 'all')).toBe(1);
    expect(value('MRR', 'all')).toBeCloseTo(((1 / 2 + 1 / 3) / 2 + 1) / 2, 12);
    expect(value('NDCG@10', 'all')).toBeCloseTo(((1 / Math.log2(3) + 1 / 2) / 2 + 1) / 2, 12);
    // 13 events: both scored ones are in the second half.
    expect(value('MRR', 'last-half')).toBe(value('MRR', 'all'));
  });

  it('keeps what was scored in the first half of the stream out of the last half', () => {
    const evaluation = new SequentialEvaluation([new PopularItems()]);
    for (const itemId of ['x', 'y', 'y']) evaluation.take(event('other', itemId));
    for (const itemId of ['a', 'b', 'a', 'b', 'a']) evaluation.take(event('u', itemId));
    evaluation.take(event('u', 'x')); // the ninth of 20: y and x were possible
    for (let i = 0; i < 10; i++) evaluation.take(event(`nobody-${i}`, 'a'));
    evaluation.take(event('u', 'y')); // the last: nothing else is left
    const { n, rows } = evaluation.result();
    const mrr = (span: string) =>
      rows.find((row) => row.metric === 'MRR' && row.span === span)!.value;
    expect([n, mrr('all'), mrr('last-half')]).toEqual([2, 0.75, 1]);
  });

  it('lets no model choose candidates: what it does not know, and what was seen, does not count', () => {
    const model: NextItemModel = {
      name: 'sly',
      itemIds: ['b', 'a', 'nowhere', 'c'],
      scoreItems: () => [9, 9, 9, 1],
      learn() {},
    };
    const evaluation = new SequentialEvaluation([model]);
    for (const itemId of ['c', 'd']) evaluation.take(event('other', itemId));
    for (const itemId of ['a', 'b', 'a', 'b', 'a']) evaluation.take(event('u', itemId));
    evaluation.take(event('u', 'c')); // before d, of which the model says nothing
    expect(evaluation.result().rows.find(({ metric }) => metric === 'MRR')!.value).toBe(1);
    evaluation.take(event('v', 'e'));
    for (const itemId of ['a', 'b', 'a', 'b']) evaluation.take(event('v', itemId));
    evaluation.take(event('v', 'd')); // c leads
    expect(evaluation.result().rows.find(({ metric }) => metric === 'MRR')!.value).toBe(0.75);
  });

  it('gives the standard error of a mean', () => {
    const [hr] = rankRows([1, 10, 11, 50].map((first) => ({ first, ties: 0 })));
    expect(hr).toEqual({ metric: 'HR@10', value: 0.5, standardError: Math.sqrt(1 / 3 / 4) });
  });
});
