// `millrace evaluate` as its user runs it, with what it leaves in ClickHouse.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import type { Evaluation } from '../../models/evaluation/evaluation.ts';
import { millrace } from '../support/millrace.ts';

const fixture = join(import.meta.dirname, '../datasets/fixtures/open-bandit');
const data = mkdtempSync(join(tmpdir(), 'millrace-evaluate-'));
afterAll(() => rmSync(data, { recursive: true, force: true }));

async function run(...args: string[]) {
  const started = millrace(['--data-dir', data, ...args]);
  const code = await started.ended;
  return { code, ...started.output };
}
const evaluate = (...args: string[]) => run('evaluate', ...args);

describe('millrace evaluate', () => {
  it('prints one line of JSON, and keeps every row in ClickHouse', async () => {
    const args = ['ope', '--data', `open-bandit:${fixture}`, '--json', '--seed', '3'];
    const first = await evaluate(...args);
    expect(first.code).toBe(0);
    expect(first.out.trimEnd().split('\n')).toHaveLength(1);
    const { rows, ...rest } = JSON.parse(first.out) as Evaluation;
    expect(rest).toEqual({ protocol: 'ope', dataset: 'open-bandit', n: 40, seed: 3 });
    // The value of tests/models/ope/open-bandit.test.ts.
    const ipw = { model: 'random->bts', metric: 'ipw', span: 'all', value: 0.14375 };
    expect(rows).toContainEqual({ ...ipw, standardError: expect.any(Number) });

    const second = await evaluate(...args);
    expect(second.out).toBe(first.out);

    const asked = await run(
      'sql',
      '--json',
      `select protocol, dataset, toUInt32(n) as n, toUInt32(seed) as seed, count() as figures,
       uniqExact(evaluationId) as runs, anyIf(value, metric = 'ipw' and model = 'random->bts') as ipw
       from evaluations group by all`,
    );
    expect(JSON.parse(asked.out)).toEqual([
      {
        protocol: 'ope',
        dataset: 'open-bandit',
        n: 40,
        seed: 3,
        figures: 2 * rows.length,
        runs: 2,
        ipw: 0.14375,
      },
    ]);
  });

  it('prints a table for people', async () => {
    const { code, out } = await evaluate('ope', '--data', `open-bandit:${fixture}`);
    expect(code).toBe(0);
    expect(out).toMatch(/^ope on open-bandit, n = 40, seed 1\n/);
    expect(out).toMatch(/\nipw +0\.1437 ± 0\.\d{4} +0\.2658 ± /);
    expect(out).toMatch(/\nswitch-dr\(5\) +/);
  });

  it.each([
    ['evaluation-data-unknown', 'ope', '--data', 'movielens'],
    ['evaluation-data-unknown', 'interactive', '--data', 'world:huge'],
    ['dataset-file-missing', 'ope', '--data', 'open-bandit'],
    ['dataset-file-missing', 'ope', '--data', 'open-bandit:nowhere'],
  ])('fails with %s', async (expected, ...args) => {
    const { code, err } = await evaluate(...args);
    expect(code).toBe(1);
    expect(err).toContain(`Error (${expected})`);
  });
});
