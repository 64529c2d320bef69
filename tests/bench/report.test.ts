import { describe, expect, it } from '@jest/globals';
import {
  bestOf,
  isRight,
  type Row,
  ratioOf,
  summarise,
  table,
} from '../../bench/comparison/report.ts';
import { mean, median, quantile } from '../../bench/support/statistics.ts';

const verdict = { outputs: 10, duplicates: 0, wrongKeys: 0, transactions: 8, sha256: 'abc' };

const pass = (eventsPerSecond: number, seconds = 2) => ({
  variant: 'pass',
  events: eventsPerSecond * seconds,
  seconds,
  eventsPerSecond,
  cpuPerMillion: 30,
  cpuPerMillionInWindow: 20,
  brokerCpuPerMillion: 10,
  maxRssMiB: 300,
  otherCores: 0,
  stolenCores: 0,
});

/** Rounds of a cold pass and a warm one with these rates. */
const side = (setting: string, rates: readonly number[]) => ({
  setting,
  rounds: rates.map((rate) => ({ passes: [pass(1), pass(rate)], output: verdict })),
});

describe('the report of the comparison', () => {
  const row: Row = {
    ours: side('ours', [40, 90, 60]),
    peer: side('theirs', [20, 50, 40]),
  };

  it('compares the medians of the warm passes', () => {
    expect(summarise(row.ours!)).toMatchObject({
      eventsPerSecond: 60,
      coldEventsPerSecond: 1,
      eachRound: [40, 90, 60],
      commitsPerSecond: 4, // 8 transactions in 2 s
    });
    expect(ratioOf(row)).toBe(1.5);
    expect(ratioOf({ ours: row.ours! })).toBeNull();
  });

  it('takes each side where it is at its best', () => {
    const slower = { ours: side('ours, slower', [30]), peer: side('theirs, faster', [80]) };
    const best = bestOf([row, slower, { ours: side('ours alone', [10]) }]);
    expect([best.ours!.setting, best.peer!.setting]).toEqual(['ours', 'theirs, faster']);
    expect(ratioOf(best)).toBe(0.75);
    expect(bestOf([{ ours: row.ours! }]).peer).toBeUndefined();
  });

  it('shows both sides to a person', () => {
    const lines = table([row]).split('\n');
    expect(lines).toHaveLength(3);
    expect(lines[1]).toMatch(/^Kafka Streams, theirs +40 /);
    expect(lines[2]).toMatch(/^Millrace, ours +60 /);
  });

  it.each([
    ['a lost example', { outputs: 9 }],
    ['a doubled one', { outputs: 11, duplicates: 1 }],
    ['a wrong key', { wrongKeys: 1 }],
    ['another content', { sha256: 'abd' }],
  ])('is not content with %s', (_, wrong) => {
    expect(isRight(verdict, verdict)).toBe(true);
    expect(isRight({ ...verdict, ...wrong }, verdict)).toBe(false);
  });
});

describe('the statistics of the benchmarks', () => {
  it('take quantiles by the nearest rank', () => {
    const values = [5, 1, 4, 2, 3];
    expect([0, 0.2, 0.5, 0.99, 1].map((share) => quantile(values, share))).toEqual([1, 1, 3, 5, 5]);
    expect(quantile([], 0.5)).toBeNaN();
  });

  it('take the middle, and the mean', () => {
    expect(median([9, 1, 5])).toBe(5);
    expect(median([1, 9, 5, 7])).toBe(6);
    expect(mean([1, 2, 6])).toBe(3);
  });
});
