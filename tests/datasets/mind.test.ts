// MIND in its official format, on a small log of the project's own making.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { readMind, readMindNews } from '../../datasets/mind.ts';
import { collect } from '../support/log-checks.ts';

const folder = join(import.meta.dirname, 'fixtures/mind');

describe('MIND', () => {
  it('reads pages in order of time and id, and counts what it cannot read', async () => {
    const { impressions, unreadable } = await readMind(folder);
    expect(impressions.map(({ id }) => id)).toEqual([3, 1, 2, 4]);
    expect(unreadable).toBe(3);
    expect(impressions[1]).toEqual({
      id: 1,
      at: Date.parse('2019-11-12T14:14:46Z'),
      userId: 'U1',
      history: ['N9', 'N1'],
      items: [
        { itemId: 'N1', clicked: false },
        { itemId: 'N2', clicked: true },
        { itemId: 'N3', clicked: false },
      ],
    });
    expect(impressions[2]!.history).toEqual([]);
  });

  it('takes 12 AM for midnight and 12 PM for noon', async () => {
    const { impressions } = await readMind(folder);
    expect(impressions[0]!.at).toBe(Date.parse('2019-11-11T00:05:00Z'));
    expect(impressions[3]!.at).toBe(Date.parse('2019-11-13T12:00:00Z'));
  });

  it('reads the news, with category and subcategory as groups', async () => {
    const news = await collect(readMindNews(folder));
    expect(news.map(({ itemId, groups }) => [itemId, groups])).toEqual([
      ['N1', ['sports', 'soccer']],
      ['N2', ['food', 'recipes']],
      ['N3', ['sports', 'tennis']],
    ]);
    expect(news[0]!.text).toBe('A draw at the river. Nobody won, again.');
    expect(news[1]!.text).toBe('Soup for “cold” days');
  });

  it('refuses a folder without the log, and a log without a readable row', async () => {
    await expect(readMind('nowhere')).rejects.toMatchObject({ code: 'dataset-file-missing' });
    const empty = mkdtempSync(join(tmpdir(), 'millrace-mind-'));
    try {
      writeFileSync(join(empty, 'behaviors.tsv'), '1\tU1\tyesterday\t\tN1-0\n');
      await expect(readMind(empty)).rejects.toMatchObject({
        code: 'dataset-empty',
        message: expect.stringContaining('All of its 1 rows'),
      });
    } finally {
      rmSync(empty, { recursive: true });
    }
  });
});
