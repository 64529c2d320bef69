// KuaiRec: a hand-worked log in the official format.
import { cp, mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { kuairec } from '../../datasets/kuairec.ts';
import { collect } from '../support/log-checks.ts';

const fixture = join(import.meta.dirname, 'fixtures/kuairec');
let home: string;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'millrace-kuairec-'));
});
afterAll(() => rm(home, { recursive: true, force: true }));

const stepsOf = async (folder: string) => {
  await using log = await kuairec.open(folder, { scratch: join(home, 'scratch') });
  return await collect(log.steps());
};

describe('KuaiRec', () => {
  it('shows one video a view, positive from a watch ratio of 2', async () => {
    const told = (await stepsOf(fixture)).flatMap((step) => {
      if (step.kind !== 'click') return [];
      const { impressionId, itemId, at, value, positive } = step.click;
      return [[impressionId, itemId, at, value, positive]];
    });
    expect(told).toEqual([
      ['kuairec-0-1593878903-0', '3649', 1_593_878_903_438, 1.2733965215790926, false],
      ['kuairec-5-1593878903-0', '3649', 1_593_878_903_438, 2.85, true],
      ['kuairec-5-1593878903-1', '12', 1_593_879_000_000, 0, false],
      ['kuairec-0-1593878903-1', '9598', 1_593_879_221_297, 2, true],
      // Half an hour to the millisecond later: another session.
      ['kuairec-0-1593881021-0', '9598', 1_593_881_021_297, 1.999, false],
    ]);
  });

  it('takes small_matrix.csv where it is the only one', async () => {
    const folder = join(home, 'small');
    await cp(fixture, folder, { recursive: true });
    await rename(join(folder, 'big_matrix.csv'), join(folder, 'small_matrix.csv'));
    const timed = (steps: Awaited<ReturnType<typeof stepsOf>>) =>
      steps.filter((step) => step.kind !== 'dead');
    expect(timed(await stepsOf(folder))).toEqual(timed(await stepsOf(fixture)));
  });

  it('joins tags with captions, of several lines too', async () => {
    const [dinner, dance, unknown, untold] = await collect(kuairec.items(fixture));
    expect(dinner).toEqual({
      itemId: '12',
      at: 0,
      title: '五花肉怎么吃',
      text: '五花肉怎么吃, 晚饭, 简单 好吃, categories 美食, 家常菜',
      groups: ['8'],
      attributes: { caption: '晚饭, 简单 好吃', categories: '美食, 家常菜' },
    });
    expect(dance).toMatchObject({
      title: '#舞蹈 你好',
      groups: ['27', '9'],
      attributes: { topics: '舞蹈, 你好', categories: '舞蹈' },
    });
    expect(unknown).toMatchObject({ title: 'video 3649', groups: ['8', '27'], attributes: {} });
    expect(untold).toMatchObject({ itemId: '9598', title: 'video 9598', groups: [] });
  });

  it('reads both matrices, what the daily table says for ever, and friends', async () => {
    const whole = join(import.meta.dirname, 'fixtures/kuairec-whole');
    const views = (await stepsOf(whole)).flatMap((step) => {
      if (step.kind === 'click') return [`${step.click.userId} ${step.click.itemId}`];
      return step.kind === 'dead' ? [step.deadLetter.reason] : [];
    });
    expect(views.slice(2)).toEqual([
      'Line 7 of big_matrix.csv was skipped: watch_ratio "-1.0" is outside 0 to 1000000.',
      'Line 3 of small_matrix.csv was skipped: it has no timestamp.',
      '14 12',
      '14 148',
      '14 3649',
      '19 148',
      'Line 5 of big_matrix.csv was skipped: it says again what line 4 says.',
      '19 148',
    ]);
    // A caption may hold a carriage return, quoted or not.
    expect(await collect(kuairec.items(whole))).toMatchObject([
      {
        title: 'One two, three',
        attributes: { author: '3309', type: 'NORMAL', upload: '2020-03-30', tag: 'Fish' },
      },
      { title: 'Cover', text: 'Cover, Four five, categories Food', attributes: { type: 'AD' } },
      { title: 'video 3649', attributes: {} },
    ]);
    expect(await collect(kuairec.users!(whole))).toMatchObject([
      { userId: '14', features: expect.arrayContaining(['follow_user_num_range:(0,10]']) },
      { userId: '19', features: expect.arrayContaining(['onehot_feat4:3.0', 'friend:14']) },
      { userId: '9999', features: ['friend:14', 'friend:19'] },
    ]);
  });

  it('does without captions', async () => {
    const folder = join(home, 'plain');
    await cp(fixture, folder, { recursive: true });
    await rm(join(folder, 'kuairec_caption_category.csv'));
    const [dinner] = await collect(kuairec.items(folder));
    expect(dinner).toMatchObject({ title: 'video 12', text: 'video 12, tags 8', groups: ['8'] });
  });
});
