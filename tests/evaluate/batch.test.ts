// Leave-one-out, by hand.
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { batch } from '../../evaluate/batch.ts';
import { markov } from '../../models/bandit/baselines/markov.ts';
import { BatchEvaluation } from '../../models/evaluation/batch.ts';
import type { NextItemModel } from '../../models/evaluation/full-ranking.ts';
import { loggedExample } from '../../models/evaluation/logged-example.ts';
import { PolicyItems } from '../../models/evaluation/policy-items.ts';
import { PopularItems } from '../../models/evaluation/popular-items.ts';
import { newUser } from '../../models/user/track.ts';

const event = (user: string, itemId: string) =>
  loggedExample(`${user}-${itemId}`, 0, newUser(user), [
    { itemId, groups: [], positive: true, reward: 1 },
  ]);

function play(models: NextItemModel[], log: string[]) {
  const positives = new Map<string, number>();
  for (const [user] of log) positives.set(user!, (positives.get(user!) ?? 0) + 1);
  const evaluation = new BatchEvaluation(models, positives);
  for (const [user, item] of log) evaluation.take(event(user!, item!));
  const { n, rows } = evaluation.result();
  return { n, mrr: rows.find(({ metric }) => metric === 'MRR')!.value };
}

/** Two letters an event, user and item. */
const log = [
  ...['uA', 'uB', 'uC', 'uD', 'vA', 'vB', 'vF', 'vG'],
  ...['wE', 'wE', 'wE', 'wE'], // four positives: w does not count, and neither does E
  ...['uF', 'vC', 'vD'],
];

describe('evaluate batch', () => {
  it('holds out the last positive of users with five, and ranks it among all items but their own', () => {
    // Learned: A 2, B 2, C 2, D 1, F 1, G 1; held out: F of u, D of v.
    // u: F and G are left and tie: (1 + 1/2) / 2. v: D alone is left.
    expect(play([new PopularItems()], log)).toEqual({ n: 2, mrr: (0.75 + 1) / 2 });
  });

  it('never tells a model what is held out, nor of other users', () => {
    const told: string[] = [];
    const model: NextItemModel = {
      name: 'listens',
      itemIds: ['G', 'F', 'D', 'A'],
      scoreItems: () => [1, 2, 3, 9],
      learn: ({ userId, items }) => told.push(userId + items[0]!.itemId),
    };
    expect(play([model], log).mrr).toBe(1);
    expect(told).toEqual(['uA', 'uB', 'uC', 'uD', 'vA', 'vB', 'vF', 'vG', 'vC']);
  });

  it('puts an item that a model never heard of last', () => {
    const held = ['uA', 'uB', 'uC', 'uD', 'uX', 'vE', 'vF', 'vA', 'vB', 'vC'];
    // X is behind E and F for u; C ties with D for v, whose own like of it is held out.
    expect(play([new PopularItems()], held).mrr).toBeCloseTo((1 / 3 + 0.75) / 2, 12);
  });

  it('asks a policy of every item, with the items the user came from', () => {
    const policy = new PolicyItems(markov.create());
    const one = event('u', 'a');
    policy.learn(one);
    const recent = [{ itemId: 'a', at: 0, positive: true, value: 1 }];
    const two = event('u', 'b');
    policy.learn({ ...two, state: { ...two.state, recent } });
    policy.learn(event('v', 'a'));
    expect(policy.itemIds).toEqual(['a', 'b']);
    const [a, b] = policy.scoreItems('v'); // b came after a
    expect(b).toBeGreaterThan(a!);
    expect(policy.scoreItems('nobody')).toHaveLength(0);
  });

  it('runs on ratings in the official format', async () => {
    const evaluation = await batch.run({
      dataset: 'movielens',
      folder: join(import.meta.dirname, '../datasets/fixtures/batch'),
      seed: 2,
      campaign: '',
      config: { partsDir: '', llm: { roles: {} } },
      signal: new AbortController().signal,
      progress: () => {},
    });
    expect(evaluation).toMatchObject({ protocol: 'batch', dataset: 'movielens', n: 2, seed: 2 });
    const models = new Set(evaluation.rows.map(({ model }) => model));
    expect([...models]).toEqual([
      ...['millrace', 'item-knn', 'markov', 'item-kNN', 'last action', 'popularity', 'uniform'],
    ]);
  });
});
