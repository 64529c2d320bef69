// The views on predictions, against values worked out by hand.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createViews } from '../../infra/clickhouse/views.ts';
import { rowsOf } from '../../infra/clickhouse/warehouse.ts';
import { openTestWarehouse, type TestWarehouse } from './open.ts';
import { insert, prediction } from './rows.ts';

let opened: TestWarehouse;
const view = (name: string) => rowsOf(opened.warehouse, `select * from ${name}`);
const near = (value: number) => expect.closeTo(value, 5);

beforeAll(async () => {
  opened = await openTestWarehouse();
  const { warehouse } = opened;
  await createViews(warehouse);
  const models = ['millrace', 'popularity'];
  await insert(warehouse, 'predictions', [
    prediction({
      impressionId: 'i1',
      at: '2020-01-10 00:00:00.000',
      models,
      items: [
        [true, [0.8, 0.5]],
        [false, [0.2, 0.5]],
        [false, [0.8, 0.1]],
      ],
      values: [0.5, 0.25, 0],
      ranks: [[1, 11]],
    }),
    prediction({
      impressionId: 'i2',
      at: '2020-02-10 00:00:00.000',
      models,
      items: [
        [true, [0.4, 0.5]],
        [false, [0.4, 0.6]],
      ],
      values: [1, null],
      ranks: [[3, 2.5]],
      ties: [[0, 1]],
    }),
    // The second writer: the simulator on the same impression, in its own record.
    prediction({
      impressionId: 'i1',
      at: '2020-01-10 00:00:00.000',
      models: ['simulator'],
      items: [
        [true, [0.9]],
        [false, [0.3]],
        [true, [0.3]],
        [false, [0.1]],
      ],
    }),
    prediction({
      impressionId: 'i3',
      at: '2020-02-10 00:00:00.000',
      source: 'simulated',
      models: ['simulator'],
      items: [[true, [0]]],
    }),
  ]);
});

afterAll(async () => {
  await opened[Symbol.asyncDispose]();
});

describe('views on predictions', () => {
  it('auc is the Mann-Whitney value, ties counting half', async () => {
    // millrace: 0.8 against 0.2, 0.8, 0.4: 1 + 1/2 + 1; 0.4: 1 + 0 + 1/2; 4 of 6.
    // popularity: 0.5 against 0.5, 0.1, 0.6: 1/2 + 1 + 0, twice; 3 of 6.
    // simulator: 0.9 against 0.3, 0.1: 2; 0.3: 1/2 + 1; 3.5 of 4.
    const source = 'logged';
    expect(await view('auc')).toEqual([
      { model: 'millrace', source, n: 5, positives: 2, auc: near(4 / 6) },
      { model: 'popularity', source, n: 5, positives: 2, auc: near(0.5) },
      { model: 'simulator', source, n: 4, positives: 2, auc: near(0.875) },
      { model: 'simulator', source: 'simulated', n: 1, positives: 1, auc: null },
    ]);
  });

  it('auc does not depend on the order in which ties arrive', async () => {
    const text =
      'select arrayAUC([.5,.5],[1,0]) as a, arrayAUC([.5,.5],[0,1]) as b, arrayAUC([.9,.5,.5,.5,.1],[1,0,1,0,0]) as c';
    // c: 0.9 beats three; 0.5 ties with two, beats one: 3 + 2; of 6.
    expect(await rowsOf(opened.warehouse, text)).toEqual([{ a: 0.5, b: 0.5, c: near(5 / 6) }]);
  });

  it('logloss', async () => {
    // millrace: -ln .8, .8, .2, .4, .6 = .223144 + .223144 + 1.609438 + .916291 + .510826 = 3.482842
    // popularity: -ln .5, .5, .9, .5, .4 = 3 * .693147 + .105361 + .916291 = 3.101093
    // simulator: -ln .9, .7, .3, .9 = .105361 + .356675 + 1.203973 + .105361 = 1.771370
    // simulated: p = 0 of a click is clipped to 1e-6: 13.815511
    const source = 'logged';
    expect(await view('logloss')).toEqual([
      { model: 'millrace', source, n: 5, logloss: near(0.696568) },
      { model: 'popularity', source, n: 5, logloss: near(0.620219) },
      { model: 'simulator', source, n: 4, logloss: near(0.442842) },
      { model: 'simulator', source: 'simulated', n: 1, logloss: near(13.815511) },
    ]);
  });

  it('ranking', async () => {
    // millrace: ranks 1, 3: ndcg (1 + 1/2) / 2, mrr (1 + 1/3) / 2.
    // popularity: 11, and 2 or 3: ndcg (1 / log2 3 + 1 / 2) / 2 / 2, mrr (1/11 + (1/2 + 1/3) / 2) / 2.
    expect(await view('ranking')).toEqual([
      { model: 'millrace', n: 2, hr10: 1, ndcg10: 0.75, mrr: near(0.666667) },
      { model: 'popularity', n: 2, hr10: 0.5, ndcg10: near(0.282732), mrr: near(0.253788) },
    ]);
  });

  it('metrics_over_time', async () => {
    // January: positives 0.8, negatives 0.2, 0.8: 1.5 of 2; (.223144 + .223144 + 1.609438) / 3.
    // February: a tie; (.916291 + .510826) / 2; rank 3: 1 / log2 4.
    const rows = await rowsOf(
      opened.warehouse,
      "select * from metrics_over_time where model != 'popularity'",
    );
    const nothing = { ndcg10: null, hr10: null };
    expect(rows).toEqual([
      {
        model: 'millrace',
        bucket: '2020-01-01',
        n: 3,
        auc: 0.75,
        logloss: near(0.685242),
        ndcg10: 1,
        hr10: 1,
      },
      {
        model: 'millrace',
        bucket: '2020-02-01',
        n: 2,
        auc: 0.5,
        logloss: near(0.713558),
        ndcg10: 0.5,
        hr10: 1,
      },
      {
        model: 'simulator',
        bucket: '2020-01-01',
        n: 4,
        auc: 0.875,
        logloss: near(0.442842),
        ...nothing,
      },
    ]);
  });

  it('calibration by ten bins', async () => {
    const rows = await rowsOf(
      opened.warehouse,
      "select * from calibration where model = 'millrace'",
    );
    expect(rows).toEqual([
      { model: 'millrace', bin: 2, n: 1, meanP: near(0.2), meanY: 0 },
      { model: 'millrace', bin: 4, n: 2, meanP: near(0.4), meanY: 0.5 },
      { model: 'millrace', bin: 8, n: 2, meanP: near(0.8), meanY: 0.5 },
    ]);
  });

  it('value_error where a value was expected', async () => {
    // Errors −1/2, 1/4, 0 and 0; rewards 1, 0, 0 and 1.
    expect(await view('value_error')).toEqual([
      { source: 'logged', n: 4, rmse: near(0.279508), mae: near(0.1875), std: near(0.5) },
    ]);
  });

  it('simulator_fidelity on logged feedback alone', async () => {
    // Each p has a bin: 0.1 misses by 0.1 (n 1), 0.3 by 0.2 (n 2), 0.9 by 0.1 (n 1): 0.6 / 4.
    expect(await view('simulator_fidelity')).toEqual([
      { n: 4, auc: near(0.875), logloss: near(0.442842), ece: near(0.15) },
    ]);
  });
});

/** Rows of one model, all in one record: probability and label. */
async function only(model: string, pairs: readonly (readonly [number, 0 | 1])[], rest = {}) {
  await insert(opened.warehouse, 'predictions', [
    prediction({
      impressionId: `of ${model}`,
      at: '2021-01-10 00:00:00.000',
      models: [model],
      items: pairs.map(([p, y]) => [y === 1, [p]]),
      ...rest,
    }),
  ]);
}

const rowsFor = (name: string, model: string) =>
  rowsOf(opened.warehouse, `select * from ${name} where model = '${model}'`);

describe('views on hard cases', () => {
  it('auc orders by p as it was given: what is cut off for the logarithm ties nothing', async () => {
    await only('tiny', [
      [3e-9, 1],
      [2e-9, 1],
      [1e-9, 0],
      [1e-9, 0],
    ]);
    expect(await rowsFor('auc', 'tiny')).toMatchObject([{ auc: 1 }]);
    // −ln 1e-6 twice, −ln(1 − 1e-6) twice.
    expect(await rowsFor('logloss', 'tiny')).toMatchObject([{ logloss: near(13.8155105 / 2) }]);
  });

  it('a p that is NaN ranks last, and makes the log loss no number', async () => {
    await only('none', [
      [0.9, 1],
      [0.1, 0],
    ]);
    await opened.warehouse.client.command({
      query: `insert into predictions select * replace ([[0.9], [nan]] as \`items.p\`, 'none 2' as impressionId,
        _offset + 1000000 as _offset, ['none 2'] as models)
        from (select * from predictions where has(models, 'none'))`,
    });
    expect(await rowsFor('auc', 'none 2')).toMatchObject([{ auc: 1 }]);
    const text = "select isNaN(logloss) as none from logloss where model = 'none 2'";
    expect(await rowsOf(opened.warehouse, text)).toEqual([{ none: 1 }]);
  });

  it('ranking takes the mean over the ranks that a tie may have', async () => {
    const harmonic = (n: number) =>
      Array.from({ length: n }, (_, i) => 1 / (i + 1)).reduce((sum, one) => sum + one, 0);
    const dcg = (n: number) =>
      Array.from({ length: n }, (_, i) => 1 / Math.log2(2 + i)).reduce((sum, one) => sum + one, 0);
    const one = (name: string, rank: number, ties: number) =>
      only(name, [[0.5, 1]], { ranks: [[rank]], ties: [[ties]] });
    await one('all of 20', 10.5, 19);
    await one('all of 1000', 500.5, 999);
    await one('behind 8 of 12', 10.5, 3);
    const exactly = (value: number) => expect.closeTo(value, 9);
    expect(await rowsFor('ranking', 'all of 20')).toMatchObject([
      { hr10: 0.5, ndcg10: exactly(dcg(10) / 20), mrr: exactly(harmonic(20) / 20) },
    ]);
    expect(await rowsFor('ranking', 'all of 1000')).toMatchObject([
      { hr10: 0.01, ndcg10: exactly(dcg(10) / 1000), mrr: exactly(harmonic(1000) / 1000) },
    ]);
    expect(await rowsFor('ranking', 'behind 8 of 12')).toMatchObject([
      {
        hr10: 0.5,
        ndcg10: exactly((dcg(10) - dcg(8)) / 4),
        mrr: exactly((harmonic(12) - harmonic(8)) / 4),
      },
    ]);
  });

  it('the spread of rewards about a million is what it is', async () => {
    await insert(opened.warehouse, 'predictions', [
      {
        ...prediction({
          impressionId: 'large',
          at: '2021-01-10 00:00:00.000',
          source: 'simulated',
          models: ['large'],
          items: [
            [true, [0.5]],
            [true, [0.5]],
          ],
          values: [1e9, 1e9],
        }),
        'items.reward': [1e9, 1e9 + 1],
      },
    ]);
    const text = "select std, rmse from value_error where source = 'simulated'";
    expect(await rowsOf(opened.warehouse, text)).toEqual([{ std: 0.5, rmse: near(Math.SQRT1_2) }]);
  });
});
