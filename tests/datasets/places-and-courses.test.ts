// Check-ins and courses: hand-worked logs, and the real ones where they are at hand.
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Dataset } from '../../datasets/dataset.ts';
import { readQuestions } from '../../datasets/foursquare-prompts.ts';
import { datasets } from '../../datasets/index.ts';
import { collect, faults } from '../support/log-checks.ts';

const fixtures = join(import.meta.dirname, 'fixtures');
const outside = process.env.MILLRACE_DATA ?? join(import.meta.dirname, '../../../shared/data');
let scratch: string;

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'millrace-places-'));
});
afterAll(() => rm(scratch, { recursive: true, force: true }));

async function played(dataset: Dataset, folder: string) {
  await using log = await dataset.open(folder, { scratch });
  const steps = await collect(log.steps());
  expect(faults(steps, log, dataset)).toEqual([]);
  return { rows: log.rows, steps };
}

/** What was done, in order, and why a row was not. */
async function told(dataset: Dataset, folder: string): Promise<string[]> {
  const { steps } = await played(dataset, join(fixtures, folder));
  return steps.flatMap((step) => {
    if (step.kind === 'impression') {
      const { userId, at, items } = step.impression;
      return [`${userId} at ${items[0]!.itemId} ${new Date(at).toISOString().slice(0, 19)}`];
    }
    return step.kind === 'dead' && step.rows > 0 ? [step.deadLetter.reason] : [];
  });
}

describe('check-ins', () => {
  it('of the official file have the time of UTC, and say why a row cannot be read', async () => {
    expect(await told(datasets.foursquare, 'foursquare-tsmc')).toEqual([
      'Line 7 of dataset_TSMC2014_NYC.txt was skipped: UTC time "2012-04-04 18:00:09" is not like "Tue Apr 03 18:00:09 +0000 2012".',
      'Line 8 of dataset_TSMC2014_NYC.txt was skipped: latitude "95.00" is outside -90 to 90.',
      '8 at 4aaa 2012-04-03T17:00:00',
      '7 at 4aaa 2012-04-03T18:00:09',
      '7 at 4bbb 2012-04-03T18:20:09',
      '7 at 4aaa 2012-04-04T18:00:09',
      'Line 6 of dataset_TSMC2014_NYC.txt was skipped: it says again what line 4 says.',
      '8 at 4ccc 2012-12-01T01:00:00',
    ]);
  });

  it('of the official file name places in Latin-1, with category and location', async () => {
    const items = await collect(datasets.foursquare.items(join(fixtures, 'foursquare-tsmc')));
    expect(items.map(({ title, groups }) => [title, groups])).toEqual([
      ['place 4aaa, Café', ['Café']],
      ['place 4bbb, Train Station', ['Train Station']],
      ['place 4ccc', []],
    ]);
    expect(items[0]!.attributes).toEqual({
      latitude: '40.71',
      longitude: '-74.00',
      categoryId: '4bf1',
      utcOffsetMinutes: '-240',
    });
  });

  it('of the CSV files count days from 3 April 2012, or the first such weekday', async () => {
    expect(await told(datasets.foursquare, 'foursquare-csv')).toEqual([
      'Line 5 of foursquare_train.csv was skipped: start_min "1440" is outside 0 to 1439.',
      'Line 6 of foursquare_train.csv was skipped: weekday "7" is outside 0 to 6.',
      '1 at 10 2012-04-03T10:00:00',
      'Line 7 of foursquare_train.csv was skipped: it says again what line 2 says.',
      '1 at 11 2012-04-03T10:20:00',
      '2 at 10 2012-04-10T23:59:00',
      '1 at 11 2012-04-11T10:00:00',
      '1 at 10 2012-04-12T10:00:00',
    ]);
  });

  it('of New York by number come once, from both files', async () => {
    expect(await told(datasets['foursquare-nyc'], 'foursquare-nyc')).toEqual([
      'Line 5 of train_data.csv was skipped: Time "2012-13-04 09:00" is not like "2012-04-03 14:04".',
      '3 at 1415 2012-04-03T14:14:00',
      'Line 6 of train_data.csv was skipped: it says again what line 2 says.',
      '3 at 74 2012-04-03T14:40:00',
      '5 at 1415 2012-04-04T09:00:00',
      '3 at 1415 2012-12-03T14:10:00',
    ]);
  });

  it('have sessions of half an hour, and a click each', async () => {
    const { steps } = await played(datasets['foursquare-nyc'], join(fixtures, 'foursquare-nyc'));
    expect(steps.filter(({ kind }) => kind === 'session')).toHaveLength(3);
    const clicks = steps.flatMap((step) => (step.kind === 'click' ? [step.click] : []));
    expect(clicks.map(({ kind, positive, value }) => [kind, positive, value])).toEqual(
      Array.from({ length: 4 }, () => ['click', true, 1]),
    );
  });
});

describe('questions for the next place', () => {
  const write = async (questions: unknown) => {
    await writeFile(join(scratch, 'test_id.json'), JSON.stringify(questions));
    return scratch;
  };

  it('have visits, a time and an answer', async () => {
    const folder = await write([
      {
        input:
          'User_3 visited: <175> at 2012-05-05 13:58, <74> at 2012-05-06 14:00. When 2012-05-07 09:30 user_3 is likely to visit:',
        output: '<175>',
      },
    ]);
    expect(await readQuestions(folder)).toEqual([
      {
        userId: '3',
        visits: [
          { itemId: '175', at: Date.UTC(2012, 4, 5, 13, 58) },
          { itemId: '74', at: Date.UTC(2012, 4, 6, 14) },
        ],
        at: Date.UTC(2012, 4, 7, 9, 30),
        target: '175',
      },
    ]);
  });

  it('say which of them cannot be read', async () => {
    const folder = await write([{ input: 'User_3 visited: nothing', output: '<1>' }]);
    await expect(readQuestions(folder)).rejects.toMatchObject({
      code: 'dataset-file-unreadable',
      why: 'Question 1: its input does not end with "When … user_…".',
    });
  });
});

describe('courses', () => {
  it('of COCO have the groups and concepts of the knowledge graph', async () => {
    const items = await collect(datasets.coco.items(join(fixtures, 'coco')));
    expect(items.map(({ itemId, text, groups }) => [itemId, text, groups])).toEqual([
      ['100', 'first steps, Gait', ['walking', 'level: beginner']],
      ['200', 'second steps', ['walking']],
      ['300', 'pasos', ['language: es']],
    ]);
  });

  it('of COCO come in order of time, from both files', async () => {
    const seen = await told(datasets.coco, 'coco');
    expect(seen.slice(0, 2)).toEqual([
      'Line 5 of valid.txt was skipped: taken "0" is not 1.',
      'Line 6 of valid.txt was skipped: time "soon" is not a number.',
    ]);
    expect(seen.slice(2).map((line) => line.split(' ').slice(0, 3).join(' '))).toEqual([
      ...['1 at 100', '1 at 200', '2 at 100', '2 at 300', '1 at 300', '2 at 200', '2 at 100'],
    ]);
  });

  it('of CNPC take a day each, for want of times', async () => {
    expect(await told(datasets.cnpc, 'cnpc')).toEqual([
      'Line 5 of train_valid_data_cnpc_v2.json was skipped: item "4" is not a whole number.',
      'Line 7 of train_valid_data_cnpc_v2.json was skipped: it is not an object of JSON.',
      '0 at 4 2016-01-01T00:00:00',
      '1 at 4 2016-01-01T00:00:00',
      '2 at 4 2016-01-01T00:00:00',
      '0 at 2 2016-01-02T00:00:00',
      '1 at 9 2016-01-02T00:00:00',
      '2 at 9 2016-01-02T00:00:00',
      '0 at 9 2016-01-03T00:00:00',
      '1 at 2 2016-01-03T00:00:00',
    ]);
  });
});

describe('the real logs of places and courses', () => {
  // Counted by separate commands over the raw files: rows, and rows that say again what another says.
  it.each([
    ['foursquare', 'foursquare', 95_372],
    ['foursquare-nyc', 'foursquare-nyc', 240_450],
    ['coco', 'coco', 159_664],
    ['cnpc', 'cnpc', 56_783],
  ] as const)(
    '%s plays, every row counted',
    async (name, folder, rows) => {
      const real = join(outside, folder);
      if (!existsSync(real)) {
        console.info(`skipped: no ${folder}/ in MILLRACE_DATA`);
        return;
      }
      const { rows: all, steps } = await played(datasets[name], real);
      expect(all).toBe(rows);
      const shown = steps.filter(({ kind }) => kind === 'impression').length;
      const dead = steps.filter((step) => step.kind === 'dead' && step.rows > 0).length;
      expect(shown + dead).toBe(rows);
    },
    120_000,
  );
});
