// Parity on the Open Bandit logs: with independently computed values on a small log in the official
// format, and with Open Bandit Pipeline's own estimates on the real one where it is at hand.
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { openBanditTask } from '../../../evaluate/ope/open-bandit.ts';
import { diagnose } from '../../../models/ope/diagnostics.ts';
import { estimatorNamed } from '../../../models/ope/estimators.ts';
import { estimateOf } from '../../../models/ope/rounds.ts';
import { rewardTable } from '../../../models/ope/tabular.ts';
import { tabularRounds } from '../../../models/ope/tabular-rounds.ts';

const fixture = join(import.meta.dirname, '../../datasets/fixtures/open-bandit');
const outside = process.env.MILLRACE_DATA ?? join(import.meta.dirname, '../../../../shared/data');
const real = join(outside, 'open-bandit');

async function roundsFor(folder: string, policy: 'random' | 'bts') {
  const task = await openBanditTask(folder, 'men', policy);
  return tabularRounds(task.log, task.policy, rewardTable(task.log));
}

const named = (name: string) => estimatorNamed(name)!;

describe('on 40 rounds in the official format', () => {
  // By a script in another language that reads the rows it wrote, sorted by time, and spells out
  // P4's formulas: w = π(a|pos) / propensity, g = mean click, q(a, pos) by filtering the rows for
  // each cell, D = mean of Σₐ π q, and then each line as it is written in the protocol.
  const expected = {
    bts: {
      ipw: 0.14375,
      snipw: 0.13068181818181818,
      dm: 0.2218959330877186,
      'clipped-ipw(1)': 0.13125,
      dr: 0.12321680512734068,
      sndr: 0.13218763494192048,
      'switch-dr(1.2)': 0.22011813778900033,
      'dr-os(5)': 0.16441177915668753,
      'sg-dr(0.1)': 0.13201368546665684,
      'sg-ipw(0.1)': 0.1454582401950823,
      ess: 32.88322717622081,
    },
    random: {
      ipw: 0.2658333333333333,
      snipw: 0.27739130434782605,
      dm: 0.27503917390934723,
      'clipped-ipw(1)': 0.2325,
      dr: 0.27877550870858614,
      sndr: 0.2789379580476835,
      'switch-dr(1.2)': 0.27278857693101705,
      'dr-os(5)': 0.27206698854644246,
      'sg-dr(0.1)': 0.2769250084077073,
      'sg-ipw(0.1)': 0.2630028059038572,
      ess: 36.60393025186826,
    },
  };

  it.each(['bts', 'random'] as const)('what %s would get', async (policy) => {
    const rounds = await roundsFor(fixture, policy);
    const { ess, ...estimates } = expected[policy];
    for (const [name, value] of Object.entries(estimates)) {
      expect([name, estimateOf(named(name).terms(rounds))]).toEqual([
        name,
        expect.closeTo(value, 12),
      ]);
    }
    expect(diagnose(rounds.weights).effectiveSampleSize).toBeCloseTo(ess, 9);
  });
});

interface Reference {
  n: number;
  clicks: number;
  ess: number;
  estimates: Record<string, number>;
}

describe('with Open Bandit Pipeline', () => {
  if (!existsSync(real)) {
    it.skip('no open-bandit/ in MILLRACE_DATA', () => undefined);
    return;
  }
  const text = readFileSync(join(real, 'reference.json'), 'utf8');
  const reference = JSON.parse(text) as Record<string, Reference>;
  it.each([
    ['random->bts', 'bts', 19],
    ['bts->random', 'random', 18],
  ] as const)('%s: every estimate within 1e-6', async (direction, policy, rows) => {
    const { n, clicks, ess, estimates } = reference[direction]!;
    const rounds = await roundsFor(real, policy);
    expect(rounds.rewards).toHaveLength(n);
    expect(rounds.rewards.reduce((a, b) => a + b, 0)).toBe(clicks);
    expect(diagnose(rounds.weights).effectiveSampleSize).toBeCloseTo(ess, 6);
    expect(Object.keys(estimates)).toHaveLength(rows);
    for (const [name, value] of Object.entries(estimates)) {
      const ours = estimateOf(named(name).terms(rounds));
      // The reference is rounded to 9 digits: agreement is far inside the 1e-6 asked for.
      expect([name, Math.abs(ours - value) < 1e-8 ? value : ours]).toEqual([name, value]);
    }
  });

  it('bts needs no table: its prior gives what 100,000 draws of the pipeline give', async () => {
    const download = mkdtempSync(join(tmpdir(), 'millrace-open-bandit-'));
    for (const policy of ['random', 'bts']) symlinkSync(join(real, policy), join(download, policy));
    const exact = await openBanditTask(download, 'men', 'bts');
    rmSync(download, { recursive: true });
    const drawn = await openBanditTask(real, 'men', 'bts');
    expect(exact.policy.values).toHaveLength(drawn.policy.values.length);
    for (const [at, p] of exact.policy.values.entries()) {
      const error = Math.sqrt((p * (1 - p)) / 100_000);
      expect(Math.abs(drawn.policy.values[at]! - p)).toBeLessThan(4.5 * error + 5e-6);
    }
  });
});
