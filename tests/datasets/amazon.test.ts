// Amazon's reviews: what the editions write in their own ways.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { amazonReviews } from '../../datasets/amazon.ts';
import { parsePythonLiteral } from '../../datasets/python-literal.ts';
import { collect, faults } from '../support/log-checks.ts';

const folderOf = (edition: string) =>
  join(import.meta.dirname, 'fixtures', `amazon-reviews-${edition}`.replace('-2014', ''));
let scratch: string;
beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'millrace-amazon-'));
});
afterAll(() => rm(scratch, { recursive: true, force: true }));

async function reviews(edition: string) {
  await using log = await amazonReviews.open(folderOf(edition), { scratch });
  const steps = await collect(log.steps());
  expect(faults(steps, log, amazonReviews)).toEqual([]);
  return steps.flatMap((step) => {
    if (step.kind !== 'click') return [];
    const { userId, itemId, value, positive } = step.click;
    const time = new Date(step.at).toISOString().slice(0, 19);
    return [`${time} ${userId} ${itemId} ${value}${positive ? ' liked' : ''}`];
  });
}

const catalogue = async (edition: string) =>
  (await collect(amazonReviews.items(folderOf(edition)))).map(
    ({ itemId, title, groups, attributes }) => [
      ...[itemId, title, groups.join(' / '), JSON.stringify(attributes)],
    ],
  );

describe('Amazon reviews', () => {
  it('of 2014 have days in seconds, and metadata in Python', async () => {
    expect(await reviews('2014')).toEqual([
      '2009-09-13T00:00:00 A1AAAAAAAAAAA1 B000000001 5 liked',
      '2009-09-13T00:00:00 A1AAAAAAAAAAA1 B000000002 2',
      '2009-09-14T00:00:00 A4AAAAAAAAAAA4 B000000002 1',
      '2013-02-04T17:46:40 A2AAAAAAAAAAA2 0000000003 4 liked',
    ]);
    expect(await catalogue('2014')).toEqual([
      [
        ...['B000000001', "Girl's Soap & Brush", 'Beauty / Bath / Gifts'],
        '{"brand":"Bré","price":"3.17"}',
      ],
      ['B000000002', 'product B000000002', 'Beauty', '{}'],
      ['0000000003', 'product 0000000003', 'Beauty', '{}'],
    ]);
  });

  it('of 2018 are in seconds, come again, and have scripts for titles', async () => {
    expect(await reviews('2018')).toEqual([
      '2013-08-18T00:00:00 A3J034YH7UG4KT B0000530HV 4 liked',
      '2013-11-14T00:00:00 A3H7T87S984REU B0000530HU 3',
      '2016-09-01T00:00:00 A3CIUOJXQ5VDQ2 B0000530HU 5 liked',
    ]);
    expect(await catalogue('2018')).toEqual([
      [
        ...['B0000530HU', 'After Shave', 'All Beauty / Beauty / Care'],
        '{"brand":"Sea","price":"$9.99"}',
      ],
      ['B0000530HV', 'product B0000530HV', 'All Beauty', '{}'],
    ]);
  });

  it('of 2023 are in milliseconds, and of the parent product', async () => {
    expect(await reviews('2023')).toEqual([
      '2020-05-04T18:10:55 AGKHLEW2SOWHNMFQIJGBECAF7INQ B081TJ8YS3 1',
      '2020-05-05T14:08:48 AGKHLEW2SOWHNMFQIJGBECAF7INQ B00YQ6X8EP 5 liked',
      '2020-05-16T21:41:06 AE74DYR3QUGVPZJ3P7RFWBGIX7XQ B097R46CSY 4 liked',
    ]);
    expect(await catalogue('2023')).toEqual([
      ['B00YQ6X8EP', 'Herbal Foam', 'All Beauty', '{"brand":"Leaf"}'],
      ['B081TJ8YS3', 'Yes & No', 'All Beauty / Beauty / Hair', '{"price":"12.5"}'],
      ['B097R46CSY', 'product B097R46CSY', 'All Beauty', '{}'],
    ]);
  });

  it('of several categories are one log; ratings begin with the user or the product', async () => {
    expect(await reviews('mixed')).toEqual([
      '2015-01-28T00:00:00 A2G7B7FKP2O2PU 014789302X 4 liked',
      '2015-02-19T00:00:00 A1V6B6TNIC10QE 0143026860 1',
      '2020-05-04T18:10:55 AGKHLEW2SOWHNMFQIJGBECAF7INQ B081TJ8YS3 4 liked',
      '2020-05-16T21:41:06 AGKHLEW2SOWHNMFQIJGBECAF7INQ B097R46CSY 5 liked',
    ]);
    expect((await catalogue('mixed')).map(([itemId, , groups]) => [itemId, groups])).toEqual([
      ['0143026860', 'All Beauty'],
      ['014789302X', 'All Beauty'],
      ['B081TJ8YS3', 'Software'],
      ['B097R46CSY', 'Software'],
    ]);
    expect((await reviews('ratings')).map((told) => told.slice(20))).toEqual([
      'A3JM6GV9MNOF9X 0558925278 3',
      'A39HTATAQ9V7YF 0205616461 5 liked',
    ]);
  });
});

describe('a literal of Python', () => {
  it.each([
    [
      `{'a': 1, "b": [1.5, -2e3, ()], 'c': {'d': None}}`,
      { a: 1, b: [1.5, -2000, []], c: { d: null } },
    ],
    [`[True, False, ('x', u'y',),]`, [true, false, ['x', 'y']]],
    [String.raw`'it\'s "\x41\u00e9\U0001f600"\n\q'`, 'it\'s "Aé😀"\n\\q'],
    [`{}`, {}],
  ])('%s', (text, value) => {
    expect(parsePythonLiteral(text)).toEqual(value);
  });

  it.each([`{'a': 1`, `{'a' 1}`, `[1 2]`, `print(1)`, `{'a': 1} x`, `'open`, ''])(
    'is not %j',
    (text) => {
      expect(() => parsePythonLiteral(text)).toThrow(SyntaxError);
    },
  );
});
