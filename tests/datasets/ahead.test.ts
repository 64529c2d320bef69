// Rows of a time to come: mistakes in a log of the past, and the times themselves of a log that lies ahead.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { AheadRule, LogStep } from '../../datasets/dataset.ts';
import { recbole } from '../../datasets/recbole.ts';
import { taobao } from '../../datasets/taobao.ts';
import { collect, faults } from '../support/log-checks.ts';

const hourMs = 3_600_000;
const now = Date.UTC(2026, 5, 1);
const folders: string[] = [];
let folder = '';

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'millrace-ahead-'));
  folders.push(folder);
});
afterAll(() => Promise.all(folders.map((one) => rm(one, { recursive: true, force: true }))));

/** Opens a log of one user's page views. @param times of the rows, ms, in the order of the file */
async function open(times: readonly number[], ahead?: AheadRule) {
  const lines = times.map((at, i) => `1,${100 + i},7,pv,${at / 1000}`);
  await writeFile(join(folder, 'UserBehavior.csv'), `${lines.join('\n')}\n`);
  return taobao.open(folder, { scratch: join(folder, 'scratch'), ...(ahead && { ahead }) });
}

async function played(times: readonly number[], ahead?: AheadRule) {
  await using log = await open(times, ahead);
  const steps = await collect(log.steps());
  expect(faults(steps, log, taobao)).toEqual([]);
  expect(log.rows).toBe(times.length);
  const dead = steps.flatMap((step) => (step.kind === 'dead' ? [step.deadLetter] : []));
  return {
    shown: steps.flatMap(shownAt),
    dead: dead.map(({ line, code }) => `${line} ${code}`),
    reasons: dead.map(({ reason }) => reason),
    last: steps.at(-1)!,
  };
}
const shownAt = (step: LogStep) => (step.kind === 'impression' ? [step.at] : []);

describe('a row of a time to come', () => {
  const past = [now - 3 * hourMs, now - 2 * hourMs, now - hourMs];
  const year2033 = 1_990_000_000_000;

  it('is a dead letter in a log of the past, and moves no time', async () => {
    const { shown, dead, reasons, last } = await played([past[0]!, year2033, past[1]!, past[2]!]);
    expect(shown).toEqual(past);
    expect(dead).toEqual(['2 event-ahead']);
    expect(reasons[0]).toMatch(/^Line 2 of UserBehavior\.csv .* its time 2033-01-22T/);
    expect(last.at).toBe(past[2]! + 24 * hourMs + 1);
  });

  it('is let in up to the bound that is given', async () => {
    const ahead: AheadRule = { latest: now, rows: 'auto' };
    const { shown, dead } = await played([...past, now, now + 1000], ahead);
    expect(shown).toEqual([...past, now]);
    expect(dead).toEqual(['5 event-ahead']);
  });

  it('is the time of the log if most rows are', async () => {
    const years = [2100, 2130, 2160, 2200].map((year) => Date.UTC(year, 0, 1));
    expect(await played(years)).toMatchObject({ shown: years, dead: [] });
    // With one of today; half would not be most.
    expect(await played([now, ...years])).toMatchObject({ shown: [now, ...years], dead: [] });
    const half = await played([...past, past[0]!, ...years]);
    expect(half.dead).toEqual(['5', '6', '7', '8'].map((line) => `${line} event-ahead`));
  });

  it('is let in or refused as it is asked for', async () => {
    const rule = (rows: AheadRule['rows']): AheadRule => ({ latest: now, rows });
    expect(await played([...past, year2033], rule('keep'))).toMatchObject({
      shown: [...past, year2033],
      dead: [],
    });
    const years = [year2033, year2033 + 1000];
    expect((await played([past[0]!, ...years], rule('refuse'))).dead).toHaveLength(2);
    await expect(open(years, rule('refuse'))).rejects.toMatchObject({
      code: 'dataset-empty',
      why: expect.stringContaining('lies ahead of the clock'),
    });
  });

  it('cannot be read beyond what the topics and tables carry', async () => {
    const { shown, dead } = await played([now, Date.UTC(2298, 11, 31), Date.UTC(2299, 0, 1)], {
      latest: Number.POSITIVE_INFINITY,
      rows: 'keep',
    });
    expect(shown).toEqual([now, Date.UTC(2298, 11, 31)]);
    expect(dead).toEqual(['3 row-unreadable']);
  });

  it('may lie in any century that the topics carry, and no mistake of a clock is one', async () => {
    const seconds = ['-86400', '0', '600000000.5', '4102444800', '10382601600'];
    const rows = seconds.map((time, n) => `u${n}\ti\t${time}`);
    const header = 'user_id:token\titem_id:token\ttimestamp:float';
    await writeFile(join(folder, 'old.inter'), [header, ...rows].join('\n'));
    const ahead = { latest: Number.POSITIVE_INFINITY, rows: 'keep' } as const;
    await using log = await recbole.open(folder, { scratch: join(folder, 'scratch'), ahead });
    const steps = await collect(log.steps());
    expect(steps.flatMap((step) => (step.kind === 'impression' ? [step.at] : []))).toEqual([
      0,
      600_000_000_500,
      Date.UTC(2100, 0, 1),
    ]);
    expect(steps.flatMap((step) => (step.kind === 'dead' ? [step.deadLetter.reason] : []))).toEqual(
      [
        'Line 2 of old.inter was skipped: timestamp "-86400" is outside the years 1970 to 2298.',
        'Line 6 of old.inter was skipped: timestamp "10382601600" is outside the years 1970 to 2298.',
      ],
    );
    // Taobao's users' clocks are wrong by decades: before 1995 there is nothing to buy.
    expect((await played([...past, Date.UTC(1994, 0, 1)])).dead).toEqual(['4 row-unreadable']);
  });
});
