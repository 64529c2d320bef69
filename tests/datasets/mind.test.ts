// MIND in its official format, on a small log of the project's own making.
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { mind } from '../../datasets/mind.ts';
import { collect, faults } from '../support/log-checks.ts';

const folder = join(import.meta.dirname, 'fixtures/mind');
const scratch = mkdtempSync(join(tmpdir(), 'millrace-mind-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

async function stepsOf(limit?: number) {
  await using log = await mind.open(folder, { scratch, ...(limit !== undefined && { limit }) });
  return await collect(log.steps());
}

describe('MIND', () => {
  it('shows pages in order of time and id, at no known position, and answers them at once', async () => {
    const steps = await stepsOf();
    const pages = steps.flatMap((step) => (step.kind === 'impression' ? [step.impression] : []));
    expect(pages.map(({ impressionId }) => impressionId)).toEqual([
      'mind-3',
      'mind-1',
      'mind-2',
      'mind-4',
    ]);
    expect(pages[1]).toMatchObject({ userId: 'U1', at: Date.parse('2019-11-12T14:14:46Z') });
    expect(pages[1]!.items.map(({ itemId, position }) => [itemId, position])).toEqual([
      ['N1', 0],
      ['N2', 0],
      ['N3', 0],
    ]);
    const answers = steps.flatMap((step) =>
      step.kind === 'click' && step.click.impressionId !== '' ? [step.click] : [],
    );
    expect(answers.map(({ impressionId, itemId }) => [impressionId, itemId])).toEqual([
      ['mind-1', 'N2'],
      ['mind-2', 'N1'],
      ['mind-4', 'N2'],
    ]);
    expect(answers.map(({ at }) => at)).toEqual(pages.slice(1).map(({ at }) => at));
  });

  it('says of a test split that it has no labels', async () => {
    const split = mkdtempSync(join(tmpdir(), 'millrace-mind-test-'));
    cpSync(folder, split, { recursive: true });
    const page = '1\tU1\t11/22/2019 2:14:46 PM\tN1 N2\tN3 N4';
    writeFileSync(join(split, 'behaviors.tsv'), `${page}\n${page}\n`);
    await expect(mind.open(split, { scratch })).rejects.toMatchObject({
      code: 'dataset-empty',
      message: expect.stringContaining(
        'Line 1 of behaviors.tsv was skipped: N3 has no label 0 or 1, as in a test split: give train or dev.',
      ),
    });
    rmSync(split, { recursive: true });
  });

  it('reads splits as one log: pages count from 1 in each, and a page that comes again counts once', async () => {
    const home = mkdtempSync(join(tmpdir(), 'millrace-mind-splits-'));
    const split = (name: string, pages: string[], news: string[]) => {
      mkdirSync(join(home, name));
      writeFileSync(join(home, name, 'behaviors.tsv'), pages.join('\n'));
      const lines = news.map((id) => `${id}\tnews\tworld\t${id} in ${name}\t\t\t[]\t[]`);
      writeFileSync(join(home, name, 'news.tsv'), lines.join('\n'));
    };
    const page = '1\tU1\t11/9/2019 9:00:00 AM\tN9\tN1-0 N2-1';
    split('MINDlarge_dev', ['1\tU1\t11/15/2019 9:00:00 AM\tN9 N2\tN3-1'], ['N2', 'N3']);
    split('MINDlarge_test', ['1\tU1\t11/16/2019 9:00:00 AM\tN9\tN3'], ['N4']);
    split(
      'MINDlarge_train',
      [page, '2\tU2\t11/9/2019 8:00:00 AM\t\tN1-1', page, 'cut\t'],
      ['N1', 'N2'],
    );
    await using log = await mind.open(home, { scratch });
    const steps = await collect(log.steps());
    expect(faults(steps, log, mind)).toEqual([]);
    const told = steps.flatMap((step) => {
      if (step.kind === 'dead') return [step.deadLetter.reason];
      if (step.kind === 'impression') return [step.impression.impressionId];
      return step.kind === 'click' ? [step.click.clickId] : [];
    });
    expect(told).toEqual([
      'Line 4 of MINDlarge_train/behaviors.tsv was skipped: it has 2 fields instead of 5.',
      'mind-U1-0',
      ...['mind-2', 'mind-2-0', 'mind-1', 'mind-1-1'],
      'Line 3 of MINDlarge_train/behaviors.tsv was skipped: it says again what line 1 says.',
      ...['mind-split1-1', 'mind-split1-1-0'],
    ]);
    expect((await collect(mind.items(home))).map(({ title }) => title)).toEqual([
      ...['N1 in MINDlarge_train', 'N2 in MINDlarge_train', 'N3 in MINDlarge_dev'],
    ]);
    rmSync(home, { recursive: true });
  });

  it('estimates propensities from the pages before alone', async () => {
    const steps = await stepsOf();
    const [first, second] = steps.flatMap((step) =>
      step.kind === 'impression' ? [step.impression] : [],
    );
    expect(first!.items.map(({ propensity }) => propensity)).toEqual([1]);
    // N2 was shown once before; N1 and N3 are new: (n + 1) / (1 + 3).
    expect(second!.items.map(({ propensity }) => propensity)).toEqual([1 / 4, 2 / 4, 1 / 4]);
  });

  it('remembers what users clicked before the log when it begins, each once', async () => {
    const steps = await stepsOf();
    const start = Date.parse('2019-11-11T00:05:00Z');
    const before = steps.flatMap((step) =>
      step.kind === 'click' && step.click.impressionId === '' ? [step.click] : [],
    );
    expect(before.map(({ userId, itemId }) => `${userId} ${itemId}`)).toEqual([
      'U1 N9',
      'U1 N1',
      'U3 N2',
    ]);
    expect(new Set(before.map(({ at }) => at))).toEqual(new Set([start]));
    const last = steps.findLastIndex((one) => one.kind === 'click' && !one.click.impressionId);
    expect(steps.findIndex(({ kind }) => kind === 'impression')).toBeGreaterThan(last);
  });

  it('remembers nothing of users beyond the limit', async () => {
    const users = new Set(
      (await stepsOf(2)).flatMap((step) => (step.kind === 'click' ? [step.click.userId] : [])),
    );
    expect(users).toEqual(new Set(['U1']));
  });

  it('takes 12 AM for midnight and 12 PM for noon', async () => {
    const times = (await stepsOf()).flatMap((step) =>
      step.kind === 'impression' ? [step.at] : [],
    );
    expect(times[0]).toBe(Date.parse('2019-11-11T00:05:00Z'));
    expect(times[3]).toBe(Date.parse('2019-11-13T12:00:00Z'));
  });

  it('reads the news, with category and subcategory as groups', async () => {
    const news = await collect(mind.items(folder));
    expect(news.map(({ itemId, groups }) => [itemId, groups])).toEqual([
      ['N1', ['sports', 'soccer']],
      ['N2', ['food', 'recipes']],
      ['N3', ['sports', 'tennis']],
    ]);
    expect(news[0]!.text).toBe('A draw at the river. Nobody won, again.');
    expect(news[1]!.text).toBe('Soup for “cold” days');
  });
});
