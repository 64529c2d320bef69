// The protocol of medicine on made records, by hand.
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { clinicalTime } from '../../datasets/clinic/clinical-time.ts';
import { readAdmissions } from '../../datasets/clinic/mimic.ts';
import { medication } from '../../evaluate/medication/protocol.ts';

const fixtures = join(import.meta.dirname, '../datasets/fixtures');

async function judge(dataset: string, folder: string, interactions?: string) {
  const said: string[] = [];
  const evaluation = await medication.run({
    dataset,
    folder: join(fixtures, folder),
    seed: 1,
    config: {} as never,
    campaign: '',
    interactions,
    signal: new AbortController().signal,
    progress: (line) => said.push(line),
  });
  const value = (model: string, metric: string) =>
    evaluation.rows.find((row) => row.model === model && row.metric === metric)?.value;
  return { evaluation, value, said };
}

describe('times of clinical records', () => {
  it('are read in both editions, and the century by the nearest time', () => {
    const at = Date.UTC(2164, 9, 23, 21, 9);
    expect(clinicalTime('admittime', '2164-10-23 21:09:00')).toBe(at);
    expect(clinicalTime('admittime', '10/23/64 21:09')).toBe(at);
    expect(clinicalTime('admittime', '3/17/00 20:32', Date.UTC(2200, 2, 18))).toBe(
      Date.UTC(2200, 2, 17, 20, 32),
    );
    // 2104 has a 29 February, 2204 too, 2200 has none.
    expect(clinicalTime('admittime', '2/29/04 1:00', Date.UTC(2104, 1, 1))).toBe(
      Date.UTC(2104, 1, 29, 1),
    );
    expect(clinicalTime('admittime', '12/30/99 8:00', Date.UTC(2199, 11, 30))).toBe(
      Date.UTC(2199, 11, 30, 8),
    );
    expect(() => clinicalTime('startdate', '2151-01-32 00:00:00')).toThrow(
      'no day of the calendar',
    );
    expect(() => clinicalTime('startdate', 'soon')).toThrow('startdate "soon" is not a date');
    expect(() => clinicalTime('startdate', '1899-01-01')).toThrow('outside the years');
  });
});

describe('evaluate medication', () => {
  it('orders admissions by their years, over the end of a century', async () => {
    const admissions = await readAdmissions('mimic-demo', join(fixtures, 'mimic-demo'));
    expect(admissions.map(({ visit }) => visit)).toEqual([
      '101',
      '102',
      '201',
      '202',
      '301',
      '302',
    ]);
  });

  it('judges each admission after the first by the last one: Jaccard, F1, interactions', async () => {
    const table = join(fixtures, 'mimic-demo/interactions.csv');
    const { evaluation, value, said } = await judge('mimic-demo', 'mimic-demo', table);
    expect(evaluation.n).toBe(3);
    // {aspirin, sodium, d5w} → {aspirin, insulin, d5w}; {heparin, warfarin} → with aspirin; {heparin,
    // insulin} → {heparin, aspirin}.
    expect(value('last action', 'Jaccard')).toBeCloseTo((1 / 2 + 2 / 3 + 1 / 3) / 3, 12);
    expect(value('last action', 'F1')).toBeCloseTo((2 / 3 + 4 / 5 + 1 / 2) / 3, 12);
    // Of the pairs 3 + 1 + 1 of the copied sets heparin and warfarin interact.
    expect(value('last action', 'DDI')).toBeCloseTo(1 / 5, 12);
    expect(value('millrace, interactions capped', 'DDI')).toBeLessThanOrEqual(
      value('millrace', 'DDI')!,
    );
    const models = [...new Set(evaluation.rows.map(({ model }) => model))];
    expect(models).toEqual([
      'popularity',
      'item-kNN',
      'last action',
      'millrace',
      'millrace, interactions capped',
    ]);
    expect(said.join()).toContain('no advice on treatment');
  });

  it('says nothing of interactions without a table', async () => {
    const { value } = await judge('mimic-iv', 'mimic-iv');
    expect(value('millrace', 'F1')).toBeDefined();
    expect(value('millrace', 'DDI')).toBeUndefined();
  });

  it('judges the last new drug of a stay of five or more, without cancelled orders', async () => {
    const { evaluation, value } = await judge('eicu', 'eicu');
    // Four stays of six drugs; the last is the only one that is new, so every list holds it.
    expect(evaluation.n).toBe(4);
    expect(value('millrace', 'Recall@10')).toBe(1);
    expect(value('popularity', 'NDCG@10')).toBe(1);
  });

  it('names a table that is not there', async () => {
    await expect(judge('mimic-demo', 'mimic-demo', 'nowhere.csv')).rejects.toMatchObject({
      code: 'dataset-file-missing',
      message: expect.stringContaining('nowhere.csv'),
    });
  });
});
