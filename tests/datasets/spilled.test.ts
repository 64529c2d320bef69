// A log too large for one run gives the steps of one that fits, and leaves nothing behind.
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { LogStep } from '../../datasets/dataset.ts';
import { type LogRow, logRows } from '../../datasets/log-row.ts';
import { type LogFormat, openLog, openRows } from '../../datasets/open-log.ts';
import { type CsvLog, readCsvLog } from '../../datasets/rows.ts';
import { SlateSteps } from '../../datasets/slates.ts';
import { collect, faults } from '../support/log-checks.ts';

let home: string;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'millrace-spilled-'));
});
afterAll(() => rm(home, { recursive: true, force: true }));

const slates = () =>
  new SlateSteps({
    dataset: 'test',
    size: 3,
    feedback: ({ value }) => ({ kind: 'rating', positive: true, value }),
  });

const file: CsvLog<LogRow> = {
  dataset: 'test',
  names: ['log.csv'],
  csv: { columns: ['user', 'item', 'at'] },
  read: ([userId = '', itemId = '', at = '']) => {
    return { userId, itemId, at: Number(at), code: 0, value: 0 };
  },
};

const format: LogFormat = {
  dataset: 'test',
  reads: (folder) => readCsvLog(file, folder),
  sorting: logRows,
  attributionWindowMs: 1000,
  stepper: slates,
};

describe('a log larger than a run', () => {
  it('gives the same steps', async () => {
    const lines = Array.from({ length: 500 }, (_, row) => {
      return `${(row * 7) % 11},${(row * 13) % 17},${((row * 7919) % 500) * 60_000}`;
    });
    await writeFile(join(home, 'log.csv'), ['user,item,at', ...lines, 'cut,1'].join('\n'));
    const scratch = join(home, 'scratch');
    const play = async (runRows: number) => {
      await using log = await openLog({ ...format, runRows }, home, { scratch });
      const files = await readdir(scratch);
      return { files, steps: await collect(log.steps()), again: await collect(log.steps()) };
    };
    const whole = await play(1000);
    const spilled = await play(40);
    expect(whole.files).toEqual(['dead.jsonl']);
    expect(spilled.files).toHaveLength(14);
    expect(spilled.steps).toEqual(whole.steps);
    expect(spilled.again).toEqual(whole.steps);
    expect(await readdir(scratch)).toEqual([]);
  });

  it('counts a row once that comes again, in whatever run', async () => {
    const lines = Array.from({ length: 60 }, (_, row) => `${row % 3},${row % 5},${row * 600_000}`);
    const again = [7, 50, 7].map((row) => lines[row]!);
    const text = ['user,item,at', ...lines, ...again].join('\n');
    const folder = await mkdtemp(join(home, 'again-'));
    await writeFile(join(folder, 'log.csv'), text);
    const scratch = join(folder, 'scratch');
    const patient = { ...format, attributionWindowMs: 90 * 60_000 };
    for (const runRows of [1000, 8]) {
      await using log = await openLog({ ...patient, runRows }, folder, { scratch });
      const steps = await collect(log.steps());
      expect(faults(steps, log, patient)).toEqual([]);
      expect(log.rows).toBe(63);
      const dead = steps.flatMap((step) => (step.kind === 'dead' ? [step.deadLetter] : []));
      expect(dead.map(({ code, line, reason }) => [code, line, reason])).toEqual([
        ['row-duplicate', 62, 'Line 62 of log.csv was skipped: it says again what line 9 says.'],
        ['row-duplicate', 64, 'Line 64 of log.csv was skipped: it says again what line 9 says.'],
        ['row-duplicate', 63, 'Line 63 of log.csv was skipped: it says again what line 52 says.'],
      ]);
      expect(JSON.parse(String(dead[0]!.data))).toEqual([7 * 600_000, '1', '2', 0, 0, 62]);
      expect(steps.filter(({ kind }) => kind === 'click')).toHaveLength(60);
      await using rows = await openRows({ ...patient, runRows }, folder, { scratch });
      expect([rows.count, rows.repeated]).toEqual([60, 3]);
      expect((await collect(rows.rows())).flat().map(({ line }) => line)).toEqual(
        lines.map((_, row) => row + 2),
      );
    }
  });

  it('clears what an ended process left, and nothing else', async () => {
    const scratch = await mkdtemp(join(home, 'left-'));
    await writeFile(join(scratch, 'run-00007.jsonl'), 'stale');
    await writeFile(join(scratch, 'notes.txt'), 'mine');
    {
      await using _log = await openLog(format, home, { scratch });
      expect((await readdir(scratch)).sort()).toEqual(['dead.jsonl', 'notes.txt']);
    }
    expect(await readdir(scratch)).toEqual(['notes.txt']);
  });
});

const minute = 60_000;
const logs = fc.array(fc.tuple(fc.nat(4), fc.nat(9), fc.nat(25)), { maxLength: 80 }).map((list) => {
  let at = 0;
  return list.map(([user, item, minutes], index): LogRow => {
    at += minutes * minute;
    return { at, userId: `${user}`, itemId: `${item}`, code: 0, value: 0, line: index };
  });
});

/** Another derivation: cut each user's rows first, then sort. */
function slatesOf(rows: LogRow[]): string[] {
  const cut: LogRow[][] = [];
  for (const user of new Set(rows.map((row) => row.userId))) {
    let slate: LogRow[] = [];
    for (const row of rows.filter((one) => one.userId === user)) {
      const previous = slate.at(-1);
      const far = previous !== undefined && row.at - previous.at >= 30 * minute;
      if (!previous || far || slate.length === 3) {
        slate = [];
        cut.push(slate);
      }
      slate.push(row);
    }
  }
  return cut
    .sort(([a], [b]) => a!.line - b!.line)
    .map((slate) => `${slate[0]!.at} ${slate[0]!.userId}: ${slate.map((row) => row.itemId)}`);
}

describe('SlateSteps', () => {
  it('cuts as one would with the whole log in hand, and in the order of time', () => {
    fc.assert(
      fc.property(logs, (rows) => {
        const stepper = slates();
        const out: LogStep[] = [];
        for (const [before, row] of rows.entries()) stepper.push(row, before, out);
        stepper.finish(out);
        const shown = out.flatMap((step) => (step.kind === 'impression' ? [step.impression] : []));
        expect(
          shown.map(({ at, userId, items }) => `${at} ${userId}: ${items.map((i) => i.itemId)}`),
        ).toEqual(slatesOf(rows));
        expect(out.map((step) => step.at)).toEqual(
          out.map((step) => step.at).sort((a, b) => a - b),
        );
        expect(out.filter((step) => step.kind === 'click')).toHaveLength(rows.length);
      }),
    );
  });

  it('holds no step longer than the slate before it can grow', () => {
    fc.assert(
      fc.property(logs, (rows) => {
        const stepper = slates();
        const out: LogStep[] = [];
        for (const [before, row] of rows.entries()) {
          stepper.push(row, before, out);
          // Three rows have two gaps below 30 minutes; 30 more show that none follows.
          const clicks = out.filter((step) => step.kind === 'click').length;
          const due = rows.filter((one) => one.at <= row.at - 90 * minute).length;
          expect(clicks).toBeGreaterThanOrEqual(due);
        }
      }),
    );
  });
});
