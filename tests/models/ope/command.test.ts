// `millrace ope` as its user runs it.
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { millrace } from '../../support/millrace.ts';

const fixture = join(import.meta.dirname, '../../datasets/fixtures/open-bandit');

interface Answer {
  rows: { model: string; metric: string; span: string; value: number; anytime: unknown }[];
  diagnostics: Record<string, number>;
  warnings: string[];
}

async function ope(...args: string[]) {
  const run = millrace(['ope', ...args]);
  const code = await run.ended;
  return { code, ...run.output };
}

describe('millrace ope', () => {
  it('prints one line of JSON, the same for the same seed', async () => {
    const args = ['--log', `open-bandit:${fixture}`, '--policy', 'bts', '--json', '--seed', '3'];
    const [first, second] = await Promise.all([ope(...args), ope(...args)]);
    expect(first).toMatchObject({ code: 0, err: '' });
    expect(second.out).toBe(first.out);
    expect(first.out.trimEnd().split('\n')).toHaveLength(1);
    const { rows, diagnostics, warnings, ...rest } = JSON.parse(first.out) as Answer;
    expect(rest).toEqual({ protocol: 'ope', dataset: 'open-bandit', n: 40, seed: 3 });
    expect(rows.map(({ metric }) => metric.replace(/\(.*/, ''))).toEqual([
      'ipw',
      'snipw',
      'dm',
      'dr',
      'sndr',
      'clipped-ipw',
      'sg-ipw',
      'switch-dr',
      'dr-os',
      'sg-dr',
    ]);
    // The values of tests/models/ope/open-bandit.test.ts.
    expect(rows[0]).toMatchObject({ model: 'random->bts', span: 'all', value: 0.14375 });
    expect(rows[3]!.value).toBeCloseTo(0.12321680512734068, 12);
    expect(rows[0]!.anytime).toMatchObject({ low: expect.any(Number), high: expect.any(Number) });
    expect(diagnostics).toMatchObject({ rounds: 40, missingSupport: expect.any(Number) });
    expect(warnings[0]).toMatch(/^Only 33 of 40 rounds count/);
  });

  it('prints a table for people, with the warnings under it', async () => {
    const { code, out } = await ope('--log', `open-bandit:${fixture}`, '--policy', 'random');
    expect(code).toBe(0);
    expect(out).toMatch(
      /^open-bandit bts->random: 40 rounds, mean reward 0.27500, 2 rows unreadable/,
    );
    expect(out).toMatch(/\nsnipw +0.27739 /);
    expect(out).toMatch(/\n! Only 37 of 40 rounds count/);
  });

  it.each([
    ['ope-log-unknown', '--log', 'elsewhere', '--policy', 'bts'],
    ['ope-policy-unknown', '--log', `open-bandit:${fixture}`, '--policy', 'best'],
    ['dataset-file-missing', '--log', 'open-bandit:nowhere', '--policy', 'bts'],
  ])('fails with %s', async (expected, ...args) => {
    const { code, err } = await ope(...args);
    expect(code).toBe(1);
    expect(err).toContain(`Error (${expected})`);
  });
});
