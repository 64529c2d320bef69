// Chosen ratings against random ones: the files, the scores, the replay.
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { readCoat } from '../../datasets/coat.ts';
import { debias } from '../../evaluate/debias.ts';
import { debiasRows } from '../../models/evaluation/debias.ts';
import { replay } from '../../models/evaluation/replay.ts';
import { Random, shuffled } from '../../models/random.ts';

const fixture = join(import.meta.dirname, '../datasets/fixtures/coat');
const scratch = mkdtempSync(join(tmpdir(), 'millrace-coat-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

describe('Coat', () => {
  it('is read with the names of its features', async () => {
    const log = await readCoat(fixture);
    expect(log).toMatchObject({ users: 3, items: 4 });
    expect(log.train.slice(0, 3)).toEqual([
      { user: 0, item: 0, stars: 5 },
      { user: 0, item: 2, stars: 1 },
      { user: 1, item: 1, stars: 4 },
    ]);
    expect(log.test).toHaveLength(6);
    expect(log.propensities[2]![3]).toBe(0.4);
    expect(log.userFeatures[0]).toEqual(['gender:men', 'age:20-30']);
    expect(log.itemFeatures).toEqual([
      ['color:red'],
      ['color:blue'],
      ['color:red', 'color:blue'],
      [],
    ]);
  });

  it.each([
    ['test.ascii', '1 2\n3 4\n', 'it is 2 × 2 instead of 3 × 4'],
    ['train.ascii', '1 2 3 4\n1 x 3 4\n', 'row 2 is not 4 numbers'],
  ])('says what is wrong with %s', async (name, text, why) => {
    const folder = mkdtempSync(join(scratch, 'bad-'));
    cpSync(fixture, folder, { recursive: true });
    writeFileSync(join(folder, name), text);
    await expect(readCoat(folder)).rejects.toMatchObject({ code: 'dataset-file-unreadable', why });
  });

  it('is judged and replayed, the same from the same seed', async () => {
    const judged = {
      dataset: 'coat',
      folder: fixture,
      seed: 3,
      campaign: '',
      config: { partsDir: '', llm: { roles: {} } },
      signal: new AbortController().signal,
      progress: () => {},
    };
    const first = await debias.run(judged);
    expect(first).toMatchObject({ protocol: 'debias', n: 6, seed: 3 });
    expect(first.rows.map(({ model }) => model)).toContain('replay: millrace after the log');
    // Six stars of 20 in all. Means of users and items less that of all, shrunk by five ratings.
    const mean = 20 / 6;
    const users = [6, 6, 8].map((sum) => (sum - 2 * mean) / 7);
    const items = [(8 - 2 * mean) / 7, (4 - mean) / 6, (1 - mean) / 6, (7 - 2 * mean) / 7];
    const errors = [
      [0, 1, 2],
      [0, 3, 4],
      [1, 0, 5],
      [1, 2, 1],
      [2, 0, 3],
      [2, 1, 1],
    ].map(([user, item, stars]) => mean + users[user!]! + items[item!]! - stars!);
    const found = first.rows.find(
      ({ model, metric }) => model === 'user mean + item mean' && metric === 'MSE',
    );
    expect(found!.value).toBeCloseTo(errors.reduce((sum, e) => sum + e * e, 0) / 6, 12);
    expect(await debias.run(judged)).toEqual(first);
  });
});

describe('scores on random items', () => {
  it('are AUC over all pairs, NDCG@5 over users with a positive, MSE', () => {
    const one = (user: number, score: number, stars: number) => ({
      user,
      score,
      stars,
      positive: stars >= 4,
      expected: 3,
    });
    const rows = debiasRows('m', [one(0, 0.9, 2), one(0, 0.5, 5), one(0, 0.1, 1), one(1, 0.7, 3)]);
    const value = (metric: string) => rows.find((row) => row.metric === metric)!.value;
    expect(value('AUC')).toBeCloseTo(1 / 3, 12); // above 0.1, below 0.9 and 0.7
    expect(value('NDCG@5')).toBeCloseTo(1 / Math.log2(3), 12);
    expect(value('MSE')).toBeCloseTo((1 + 4 + 4 + 0) / 4, 12);
  });
});

describe('replay', () => {
  it('counts and learns only what was picked', () => {
    const learned: string[] = [];
    const rounds = [
      { round: 'a', logged: 0, reward: 1 },
      { round: 'b', logged: 1, reward: 1 },
      { round: 'c', logged: 0, reward: 0 },
    ];
    const policy = { pick: () => 0, learn: (round: string) => void learned.push(round) };
    expect(replay(rounds, policy)).toEqual({ reward: 0.5, accepted: 2 });
    expect(learned).toEqual(['a', 'c']);
  });
});

describe('shuffled', () => {
  it('draws every order alike, and leaves the original alone', () => {
    const values = [1, 2, 3];
    const counts = new Map<string, number>();
    const random = new Random(1);
    for (let i = 0; i < 6000; i++) {
      const order = shuffled(values, random).join('');
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    expect(values).toEqual([1, 2, 3]);
    expect(counts.size).toBe(6);
    // 1000 each, with a deviation of 29.
    for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(120);
  });
});
