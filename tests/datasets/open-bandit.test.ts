// Open Bandit: a small log in the official format.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readBtsTable, readOpenBandit } from '../../datasets/open-bandit.ts';

const fixture = join(import.meta.dirname, 'fixtures/open-bandit');
let scratch: string;

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'millrace-open-bandit-'));
});
afterAll(() => rm(scratch, { recursive: true, force: true }));

async function folderWith(rows: string): Promise<string> {
  const folder = await mkdtemp(join(scratch, 'log-'));
  await mkdir(join(folder, 'random/men'), { recursive: true });
  const header = ',timestamp,item_id,position,click,propensity_score\n';
  await writeFile(join(folder, 'random/men/men.csv'), header + rows);
  return folder;
}

describe('Open Bandit', () => {
  it('is read in order of time, with what cannot be read counted', async () => {
    const log = await readOpenBandit(fixture, 'men', 'random');
    expect(log).toMatchObject({ items: 5, positions: 3, unreadable: 2 });
    expect(log.rounds).toHaveLength(40);
    expect(log.rounds[0]).toEqual({
      timestamp: '2019-11-24 00:00:00.000000+00:00',
      item: 4,
      position: 1,
      click: 1,
      propensity: 0.2,
    });
    const times = log.rounds.map(({ timestamp }) => timestamp);
    expect(times).toEqual(times.toSorted());
  });

  it('ranks positions densely and takes the number of items from the catalogue, or the log', async () => {
    const time = '2019-11-24 00:00:00+00:00';
    const folder = await folderWith(
      `0,${time},7,2,0,0.5\n1,${time},1,5,1,1\n2,${time},1,2,0,0.1\n`,
    );
    const log = await readOpenBandit(folder, 'men', 'random');
    expect(log.rounds.map(({ position }) => position)).toEqual([0, 1, 0]);
    expect(log).toMatchObject({ items: 8, positions: 2 });
  });

  it('says what is wrong with a folder', async () => {
    await expect(readOpenBandit(scratch, 'men', 'bts')).rejects.toMatchObject({
      code: 'dataset-file-missing',
    });
    await expect(
      readOpenBandit(await folderWith('0,x,1,1,0,1\n'), 'men', 'random'),
    ).rejects.toMatchObject({ code: 'dataset-empty' });
  });

  it('reads the table of bts, of that campaign only', async () => {
    expect((await readBtsTable(fixture, 'men'))?.[0]).toEqual([0.4, 0.3, 0.2]);
    expect(await readBtsTable(fixture, 'women')).toBeNull();
    expect(await readBtsTable(scratch, 'men')).toBeNull();
    await writeFile(join(scratch, 'reference.json'), '{"campaign": 1}');
    await expect(readBtsTable(scratch, 'men')).rejects.toMatchObject({
      code: 'dataset-file-unreadable',
    });
  });
});
