// The protocol of places: what is asked, what is known then, by hand.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { poi } from '../../evaluate/poi.ts';
import { lastCheckIns, promptedCheckIns } from '../../evaluate/poi-log.ts';
import type { EvaluationRow } from '../../models/evaluation/evaluation.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'millrace-poi-'));
  await writeFile(
    join(folder, 'train_data.csv'),
    [
      'Uid,Pid,Time',
      ...['3,10,2012-05-01 08:00', '3,20,2012-05-01 09:00', '3,20,2012-05-01 09:00'],
      ...['4,30,2012-05-02 08:00', '4,30,2012-05-03 08:00', '4,30,2012-05-04 08:00'],
      '3,40,2012-06-01 08:00',
    ].join('\n'),
  );
  const input =
    'User_3 visited: <20> at 2012-05-01 09:00, <10> at 2012-05-08 08:00. When 2012-05-09 08:00 user_3 is likely to visit:';
  await writeFile(join(folder, 'test_id.json'), JSON.stringify([{ input, output: '<10>' }]));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const judge = (dataset: string, from: string) =>
  poi.run({
    dataset,
    folder: from,
    seed: 1,
    campaign: '',
    config: { partsDir: '', llm: { roles: {} } },
    signal: new AbortController().signal,
    progress: () => {},
  });

const value = (rows: readonly EvaluationRow[], model: string, metric: string) =>
  rows.find((row) => row.model === model && row.metric === metric)!.value;

describe('evaluate poi', () => {
  it('asks with the visits of the question and the rows before it, each once', async () => {
    const { questions, size } = await promptedCheckIns(folder);
    expect(size).toBe(4);
    const [{ query, target }] = questions as [(typeof questions)[number]];
    // Places 10, 20, 30, 40 are 0 to 3; place 40 comes after what is asked.
    expect(query.items).toEqual([0, 1, 0]);
    expect(query.times.map((at) => new Date(at).getUTCDate())).toEqual([1, 1, 8]);
    expect(query.at).toBe(Date.UTC(2012, 4, 9, 8));
    expect(target).toBe(0);
  });

  it('ranks among all places, ties by the middle rank', async () => {
    const { rows, n } = await judge('foursquare-nyc', folder);
    expect(n).toBe(1);
    // Visits learned: three of 30, one of 10, 20 and 40 each: 10 has the middle rank 3.
    expect(value(rows, 'popularity', 'Acc@1')).toBe(0);
    expect(value(rows, 'popularity', 'Acc@5')).toBe(1);
    expect(value(rows, 'own frequency', 'Acc@1')).toBe(1);
    expect(value(rows, 'last action', 'Acc@1')).toBe(1);
    expect([...new Set(rows.map(({ model }) => model))]).toEqual([
      ...['millrace', 'popularity', 'item-kNN', 'last action', 'own frequency'],
    ]);
  });

  it('asks for the last check-in of who has five, in local time', async () => {
    const fixture = join(import.meta.dirname, '../datasets/fixtures/foursquare-csv');
    const { questions, histories } = await lastCheckIns(fixture);
    expect(histories.map(({ items }) => items.length)).toEqual([4, 1]);
    expect(questions).toHaveLength(0);
  });
});
