// Films named in texts: on texts of our own with figures counted by hand, and on ReDial where it is at hand.
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { redialTexts } from '../../app/talk/learned.ts';
import { lexiconOf } from '../../app/talk/open.ts';
import { readData } from '../../evaluate/conversational/data.ts';
import { linkingRows } from '../../evaluate/conversational/linking.ts';
import { Lexicon } from '../../models/dialogue/reading/lexicon.ts';

it('counts what is found, and what should be', () => {
  const lexicon = new Lexicon();
  for (const title of ['Night Train (1987)', 'Up (2009)', 'Harbour Lights (2005)']) {
    lexicon.add({ itemId: title, title, groups: [] });
  }
  const texts = [
    {
      text: 'I liked Night Train (1987) and Up (2009)',
      titles: ['Night Train (1987)', 'Up (2009)'],
    },
    // Somebody wrote this one out without an id.
    { text: 'Harbour Lights, or Night Train (1987)?', titles: ['Night Train (1987)'] },
  ];
  const rows = linkingRows(texts, lexicon, (title) => title);
  const value = (model: string, metric: string) =>
    rows.find((row) => row.model === model && row.metric === metric)!.value;
  expect(value('linked with year', 'precision')).toBeCloseTo(3 / 4, 12);
  expect(value('linked with year', 'recall')).toBe(1);
  // Small, "up" is no title, and "night train" is one after a verb such as "liked" alone.
  expect(value('linked small, without year', 'recall')).toBeCloseTo(1 / 3, 12);
});

const folder = join(
  process.env.MILLRACE_DATA ?? join(import.meta.dirname, '../../../shared/data'),
  'redial',
);
(existsSync(folder) ? describe : describe.skip)('on ReDial', () => {
  it('links what its ids mark', async () => {
    const scratch = mkdtempSync(join(tmpdir(), 'millrace-linking-'));
    const { knowledge, idOf } = await readData('redial', folder, scratch);
    rmSync(scratch, { recursive: true });
    const rows = linkingRows(await redialTexts(folder), lexiconOf({ knowledge }), idOf);
    const value = (how: string, metric: string) =>
      rows.find((row) => row.model === `linked ${how}` && row.metric === metric)!.value;
    for (const [how, precision, recall] of [
      ['with year', 0.95, 0.95],
      ['without year', 0.89, 0.83],
      ['small, without year', 0.9, 0.55],
    ] as const) {
      expect(value(how, 'precision')).toBeGreaterThan(precision);
      expect(value(how, 'recall')).toBeGreaterThan(recall);
    }
  });
});
