// Protocols of held-out items on made sequences: what counts, what is learned, and which rows there are.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { batch } from '../../evaluate/batch.ts';
import { crossDomain } from '../../evaluate/cross-domain.ts';
import { HeldOutTable } from '../../evaluate/held-out/table.ts';
import { jobs } from '../../evaluate/jobs.ts';
import type { Protocol } from '../../evaluate/protocol.ts';
import { sequential } from '../../evaluate/sequential.ts';
import { fairLists } from '../../models/jobs/two-sided.ts';
import { gini } from '../../models/metrics/exposure.ts';
import { topItems } from '../../models/metrics/sets.ts';

const fixtures = join(import.meta.dirname, '../datasets/fixtures');
const { signal } = new AbortController();

async function judge(protocol: Protocol, dataset: string, folder: string) {
  const evaluation = await protocol.run({
    ...{ dataset, folder, seed: 1, config: {} as never, campaign: '', signal },
    progress: () => {},
  });
  const value = (model: string, metric: string) =>
    evaluation.rows.find((row) => row.model === model && row.metric === metric)?.value;
  return { evaluation, value, models: [...new Set(evaluation.rows.map(({ model }) => model))] };
}

describe('a table of held-out items', () => {
  it('judges mean ranks among what was not seen', () => {
    const table = new HeldOutTable(30, signal);
    const scores = new Float64Array(30); // all alike: mean rank 1 + 28 / 2 of 29
    const one = { moment: { history: [0], own: -1 }, target: 5, seen: [0] };
    table.judge('even', [one], () => scores);
    const better = Float64Array.from(scores, (_, item) => (item === 0 || item === 9 ? 1 : 0));
    better[5] = 0.5;
    table.judge('second', [one], () => better); // item 0 was seen, so 9 alone is better
    expect(table.rows().map(({ model, value }) => [model, value])).toEqual([
      ['even', 0],
      ['even', 0],
      ['second', 1],
      ['second', 1 / Math.log2(3)],
    ]);
  });
});

describe('evaluate sequential on amazon-industrial', () => {
  it('asks for every row of test.csv, with all baselines, and strict', async () => {
    const { evaluation, models } = await judge(
      sequential,
      'amazon-industrial',
      join(fixtures, 'amazon-industrial'),
    );
    expect(evaluation.n).toBe(8);
    expect(models).toEqual([
      ...['popularity', 'item-kNN', 'last action', 'millrace'],
      ...['item-kNN, strict', 'millrace, strict'],
    ]);
    expect(evaluation.rows.every(({ standardError }) => standardError !== undefined)).toBe(true);
  });
});

describe('evaluate batch on amazon-beauty', () => {
  it('holds out the last item of each user, and passes over lines that cannot be read', async () => {
    const { evaluation, models } = await judge(
      batch,
      'amazon-beauty',
      join(fixtures, 'amazon-beauty'),
    );
    expect(evaluation.n).toBe(12);
    expect(models).toEqual([
      ...['popularity', 'item-kNN', 'last action', 'millrace'],
      ...['millrace, one more learned', 'item-kNN, one more learned'],
    ]);
  });

  it('does not learn the item before the last where it is strict', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'millrace-strict-'));
    try {
      // 8 → 9 comes in the last two places alone, of twelve users.
      const lines = Array.from({ length: 12 }, (_, u) => `${u} ${20 + u} 1 ${2 + (u % 5)} 8 9`);
      const rest = Array.from({ length: 12 }, (_, u) => `${50 + u} 1 ${20 + u} 10 11 12`);
      await writeFile(join(folder, 'Beauty.txt'), [...lines, ...rest].join('\n'));
      const { value } = await judge(batch, 'amazon-beauty', folder);
      const gained = value('item-kNN, one more learned', 'HR@10')!;
      expect(gained).toBeGreaterThanOrEqual(value('item-kNN', 'HR@10')!);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});

describe('evaluate jobs', () => {
  it('ranks both sides by the probability that both accept', async () => {
    const { evaluation, value, models } = await judge(
      jobs,
      'boss-zhipin',
      join(fixtures, 'boss-zhipin'),
    );
    expect(evaluation.n).toBe(12);
    expect(models).toEqual([
      ...['popularity', 'item-kNN', 'last action', 'millrace'],
      ...['millrace, fair exposure', 'millrace, one-sided'],
    ]);
    for (const side of ['jobs', 'geeks']) {
      // The market is made so that a geek applies for jobs of the own kind of work.
      expect(value('millrace', `${side} NDCG@10`)).toBeGreaterThan(
        value('popularity', `${side} NDCG@10`)!,
      );
      expect(value('millrace, fair exposure', `${side} exposure Gini`)).toBeLessThan(
        value('millrace', `${side} exposure Gini`)!,
      );
    }
  });

  it('shows others once an item was shown, and nothing that is no candidate', () => {
    const scores = [
      [0.9, 0.8, Number.NEGATIVE_INFINITY],
      [0.9, 0.8, 0.1],
      [0.9, 0.8, 0.1],
    ];
    const lists = fairLists(scores, 1, 0.5, topItems);
    // 0.9 / √2 is less than 0.8; then 0.9 / √2 is more than 0.8 / √2.
    expect(lists).toEqual([[0], [1], [0]]);
    expect(gini([2, 1, 0])).toBeLessThan(gini([3, 0, 0]));
  });
});

describe('evaluate cross-domain', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'millrace-domains-'));
    // Two tastes: who liked the books of one likes the films of the same.
    const day = (n: number) => 1_300_000_000 + n * 86_400;
    const books: string[] = [];
    const films: string[] = [];
    for (let user = 0; user < 80; user++) {
      const taste = user % 2;
      for (let i = 0; i < 3; i++) {
        books.push(`U${user},B${taste}${(user + i) % 6},5.0,${day(i)}`);
        films.push(`U${user},F${taste}${(user * 7 + i * 3) % 10},5.0,${day(10 + i)}`);
      }
      // A first film that everybody likes, so that films alone tell little.
      films.push(`U${user},F99,5.0,${day(9)}`);
    }
    await writeFile(join(folder, 'ratings_Books.csv'), `${books.join('\n')}\n`);
    await writeFile(join(folder, 'ratings_Movies_and_TV.csv'), `${films.join('\n')}\n`);
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('measures transfer against none, user by user, in both directions', async () => {
    const { evaluation, value, models } = await judge(crossDomain, 'amazon-reviews', folder);
    expect(models).toEqual([
      ...['popularity', 'item-kNN', 'last action', 'millrace'],
      ...['item-kNN, source learned', 'millrace, source learned'],
    ]);
    const metrics = [...new Set(evaluation.rows.map(({ metric }) => metric))];
    const to = metrics.map((metric) => metric.split(', ')[1]).filter((one) => one !== undefined);
    expect(new Set(to).size).toBeLessThanOrEqual(2);
    const [direction] = to.filter((one) => /Movies.*$/.test(one!) && one!.startsWith('Books'));
    const [without, withIt, gain] = [
      value('millrace', `NDCG@10, ${direction}`)!,
      value('millrace, source learned', `NDCG@10, ${direction}`)!,
      value('millrace, source learned', `NDCG@10 gain, ${direction}`)!,
    ];
    expect(gain).toBeCloseTo(withIt - without, 12);
  });

  it('says what it found where there are not two domains', async () => {
    await rm(join(folder, 'ratings_Books.csv'));
    await expect(judge(crossDomain, 'amazon-reviews', folder)).rejects.toMatchObject({
      code: 'evaluation-data-unknown',
      message: expect.stringContaining('has 1'),
    });
  });
});
