// RecBole's atomic files: what the names and types of columns say.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { recbole } from '../../datasets/recbole.ts';
import { collect, faults } from '../support/log-checks.ts';

const fixture = join(import.meta.dirname, 'fixtures/recbole');
let home: string;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'millrace-recbole-'));
});
afterAll(() => rm(home, { recursive: true, force: true }));

async function told(folder: string): Promise<string[]> {
  await using log = await recbole.open(folder, { scratch: join(home, 'scratch') });
  const steps = await collect(log.steps());
  expect(faults(steps, log, recbole)).toEqual([]);
  return steps.flatMap((step) => {
    const time = new Date(step.at).toISOString().slice(0, 19);
    if (step.kind === 'impression')
      return [`${time} ${step.impression.userId} sees ${step.impression.items[0]!.itemId}`];
    if (step.kind !== 'click') return [];
    return [`${step.click.kind} ${step.click.value}${step.click.positive ? ' liked' : ''}`];
  });
}

/** A folder of files, each as lines of fields. */
async function made(name: string, files: Record<string, string[][]>): Promise<string> {
  const folder = join(home, name);
  await mkdir(folder);
  for (const [file, lines] of Object.entries(files)) {
    await writeFile(join(folder, file), lines.map((line) => line.join('\t')).join('\n'));
  }
  return folder;
}

describe('RecBole', () => {
  it('likes from four fifths of the largest rating', async () => {
    expect(await told(fixture)).toEqual([
      ...['1997-11-07T07:18:36 22 sees 377', 'rating 4 liked'],
      ...['1997-12-04T15:55:49 196 sees 242', 'rating 3'],
      ...['1997-12-04T15:55:50 196 sees 302', 'rating 3.5'],
      ...['1998-04-04T19:22:22 186 sees 302', 'rating 5 liked'],
    ]);
  });

  it('makes titles, groups and attributes of the items, and features of the users', async () => {
    expect(await collect(recbole.items(fixture))).toEqual([
      {
        itemId: '242',
        at: 0,
        title: 'Kolya',
        text: "Kolya, groups Comedy, Children's",
        groups: ['Comedy', "Children's"],
        attributes: { release_year: '1996' },
      },
      expect.objectContaining({ title: 'L.A. Confidential', groups: ['Film-Noir', 'Crime & Co'] }),
      expect.objectContaining({ itemId: '377', title: 'item 377' }),
    ]);
    expect(await collect(recbole.users!(fixture))).toEqual([
      { userId: '196', features: ['age:49', 'gender:M', 'occupation:writer', 'zip_code:55105'] },
      { userId: '186', features: ['age:39', 'gender:F', 'occupation:executive', 'zip_code:00000'] },
    ]);
  });

  it('reads splits as one log; without ratings all is taken, without times rows are seconds', async () => {
    const folder = await made('shop', {
      'shop.train.inter': [
        ['session_id:token', 'item_id:token'],
        ['s1', 'a'],
        ['s1', 'b'],
      ],
      'shop.valid.inter': [
        ['session_id:token', 'item_id:token'],
        ['s2', 'a'],
      ],
    });
    expect(await told(folder)).toEqual([
      ...['2000-01-01T00:00:01 s1 sees a', 'click 1 liked'],
      ...['2000-01-01T00:00:02 s1 sees b', 'click 1 liked'],
      ...['2000-01-01T00:00:03 s2 sees a', 'click 1 liked'],
    ]);
    expect((await collect(recbole.items(folder))).map(({ title }) => title)).toEqual([
      ...['item a', 'item b'],
    ]);
  });

  it('knows labels, ids by the tables beside, and times in milliseconds', async () => {
    const folder = await made('ads', {
      'ads.inter': [
        ['review_id:token', 'business_id:token', 'member:token', 'label:float', 'timestamp:float'],
        ['r1', 'b1', 'm1', '1', '1588615855070'],
        ['r2', 'b2', 'm1', '0', '1588615856070'],
      ],
      'ads.item': [
        ['business_id:token', 'item_name:token_seq'],
        ['b1', 'Cafe'],
      ],
      'ads.user': [
        ['member:token', 'fans:float'],
        ['m1', '2'],
      ],
    });
    expect(await told(folder)).toEqual([
      '2020-05-04T18:10:55 m1 sees b1',
      'click 1 liked',
      '2020-05-04T18:10:56 m1 sees b2',
    ]);
    expect((await collect(recbole.items(folder))).map(({ title }) => title)).toEqual([
      ...['Cafe', 'item b2'],
    ]);
  });
});
