// KuaiRand: what was drawn at random has its propensity, and the files of a version are one log.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Dataset } from '../../datasets/dataset.ts';
import { ItemCounts } from '../../datasets/item-counts.ts';
import { kuairand } from '../../datasets/kuairand.ts';
import { taobaoAds } from '../../datasets/taobao-ads.ts';
import { collect, faults } from '../support/log-checks.ts';

const fixture = (name: string) => join(import.meta.dirname, 'fixtures', name);
let scratch: string;
beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'millrace-kuairand-'));
});
afterAll(() => rm(scratch, { recursive: true, force: true }));

async function told(dataset: Dataset, name: string): Promise<string[]> {
  await using log = await dataset.open(fixture(name), { scratch });
  const steps = await collect(log.steps());
  expect(faults(steps, log, dataset)).toEqual([]);
  return steps.flatMap((step) => {
    if (step.kind === 'impression') {
      const { userId, items, propensitySource, candidateCount } = step.impression;
      const { itemId, propensity } = items[0]!;
      return [`${userId} sees ${itemId} ${propensitySource} ${propensity} of ${candidateCount}`];
    }
    if (step.kind === 'click') return [`${step.click.kind} ${step.click.value}`];
    return step.kind === 'dead' && step.rows > 0 ? [step.deadLetter.reason] : [];
  });
}

describe('KuaiRand', () => {
  it('knows the propensity of what was drawn, and estimates the others', async () => {
    const drawn = `drawn ${1 / 7583} of 7583`;
    expect(await told(kuairand, 'kuairand')).toEqual([
      'Line 6 of log_random_4_22_to_5_08_pure.csv was skipped: time_ms "" is not a number.',
      'Line 7 of log_random_4_22_to_5_08_pure.csv was skipped: is_click is not 0 or 1.',
      `0 sees 7 ${drawn}`,
      'click 1',
      'like 1',
      `1 sees 7 ${drawn}`,
      'click 1',
      'Line 5 of log_random_4_22_to_5_08_pure.csv was skipped: it says again what line 4 says.',
      `0 sees 3 ${drawn}`,
      // Not drawn: no such row before, then one of another video.
      '2 sees 7 estimated 1 of 1',
      `2 sees 3 estimated ${1 / 3} of 2`,
      'click 1',
    ]);
  });

  it('takes all parts of a version for one log, in order of time', async () => {
    const seen = (await told(kuairand, 'kuairand-27k')).filter((line) =>
      / sees |skipped/.test(line),
    );
    expect(seen).toEqual([
      '0 sees 31000000 estimated 1 of 1',
      `0 sees 3 estimated ${1 / 3} of 2`,
      `5 sees 3 estimated ${2 / 4} of 2`,
      `5 sees 3 estimated ${3 / 5} of 2`,
      `0 sees 7 drawn ${1 / 7583} of 7583`,
      `0 sees 3 estimated ${4 / 6} of 2`,
      'Line 2 of log_standard_4_22_to_5_08_27k_part2.csv was skipped: it says again what line 2 of log_standard_4_22_to_5_08_27k_part1.csv says.',
    ]);
  });

  it('has authors and tags of the videos', async () => {
    expect(await collect(kuairand.items(fixture('kuairand')))).toMatchObject([
      { itemId: '3', groups: ['12', '65'], attributes: { author: '441', type: 'NORMAL' } },
      { itemId: '7', title: 'video 7', groups: [], attributes: { upload: '2022-03-27' } },
    ]);
  });
});

describe('Taobao display advertising', () => {
  it('shows one ad at a time, at places of the page', async () => {
    expect((await told(taobaoAds, 'taobao-ads')).filter((line) => !/sees 4/.test(line))).toEqual([
      'Line 7 of raw_sample.csv was skipped: clk 1 and nonclk 1 are not 1 and 0, or 0 and 1.',
      'Line 8 of raw_sample.csv was skipped: adgroup_id "x" is not a whole number.',
      '581738 sees 1 estimated 1 of 1',
      `449818 sees 3 estimated ${1 / 3} of 2`,
      'click 1',
      `449818 sees 3 estimated ${2 / 4} of 2`,
      'click 1',
      `449818 sees 3 estimated ${3 / 5} of 2`,
      'Line 6 of raw_sample.csv was skipped: it says again what line 5 says.',
    ]);
    expect(await collect(taobaoAds.items(fixture('taobao-ads')))).toMatchObject([
      { itemId: '1', groups: ['9025'], attributes: { brand: '95471', price: '170.0' } },
      { itemId: '3', attributes: { campaign: '18276', customer: '3', price: '199.0' } },
      { itemId: '4', text: 'ad 4, category 6261, brand 1' },
    ]);
    expect((await collect(taobaoAds.users!(fixture('taobao-ads'))))[0]!.features).toEqual([
      ...['cms_segid:0', 'cms_group_id:5', 'final_gender_code:2', 'age_level:5'],
      ...['shopping_level:3', 'occupation:0', 'new_user_class_level:3'],
    ]);
  });
});

describe('counts of items', () => {
  it('are those of a map, for numbers and for names', () => {
    const counts = new ItemCounts();
    const expected = new Map<string, number>();
    const ids = ['0', '7', '007', 'a', '31999999', '70000000', '99999999999', '-1', '7', 'a', ''];
    for (const id of ids) {
      counts.add(id);
      expected.set(id, (expected.get(id) ?? 0) + 1);
    }
    expect(counts.size).toBe(expected.size);
    for (const [id, n] of expected) expect([id, counts.of(id)]).toEqual([id, n]);
    expect([counts.of('8'), counts.of('b'), counts.of('66999999')]).toEqual([0, 0, 0]);
  });
});
