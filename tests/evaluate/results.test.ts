// Kept results: what `--keep` writes, how seeds are summed up, and what the table shows of it.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { keepResult, keptResults, runOf } from '../../evaluate/results/kept.ts';
import { resultsPage } from '../../evaluate/results/page.ts';
import { summaries } from '../../evaluate/results/summary.ts';
import { resultTable } from '../../evaluate/results/table.ts';
import type { Evaluation } from '../../models/evaluation/evaluation.ts';

const folder = mkdtempSync(join(tmpdir(), 'millrace-results-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const command = 'millrace evaluate batch --data movielens';
const evaluation = (seed: number, hit: number, error: number): Evaluation => ({
  protocol: 'batch',
  dataset: 'movielens',
  n: 1200,
  seed,
  rows: [
    { model: 'ours', metric: 'HR@10', span: 'all', value: hit, standardError: error },
    { model: 'ours', metric: 'reward', span: 'all', value: 79.5 },
    { model: 'popularity', metric: 'HR@10', span: 'all', value: 0.05, standardError: 0.01 },
  ],
});
const keep = (one: Evaluation) => keepResult(folder, one, runOf(one, command));

describe('kept results', () => {
  it('stand once for each command and seed, and leave what was written by hand', () => {
    keep(evaluation(2, 0.2, 0.01));
    const path = join(folder, 'batch-movielens.json');
    const file = JSON.parse(readFileSync(path, 'utf8'));
    file.notes = ['A note.'];
    const values = { 'HR@10': 0.0986, other: 1 };
    file.published = [{ model: 'ItemKNN', source: 'Somebody 2020', note: 'other split', values }];
    writeFileSync(path, JSON.stringify(file));
    keep(evaluation(1, 0.9, 0.9));
    keep(evaluation(1, 0.1, 0.03));
    const [kept, ...others] = keptResults(folder);
    expect(others).toEqual([]);
    expect(kept!.notes).toEqual(['A note.']);
    expect(kept!.published[0]!.values).toEqual(values);
    expect(kept!.runs.map(({ seed }) => seed)).toEqual([1, 2]);
    expect(kept!.runs[0]).toMatchObject({ command, n: 1200 });
    expect(kept!.runs[0]!.rows[0]!.value).toBe(0.1);
  });

  it('are means over the seeds, with both errors', () => {
    const [summary, ...others] = summaries(keptResults(folder)[0]!.runs);
    expect(others).toEqual([]);
    expect(summary).toMatchObject({ command, n: [1200], seeds: [1, 2] });
    // .1 and .2: s = .0707, over √2 .05; .03 and .01 have the mean .02.
    const [hit, reward, popularity] = summary!.rows;
    expect(hit!.value).toBeCloseTo(0.15, 12);
    expect(hit!.standardError).toBeCloseTo(0.02, 12);
    expect(hit!.seedError).toBeCloseTo(0.05, 12);
    expect(reward).toEqual({
      ...{ model: 'ours', metric: 'reward', span: 'all' },
      ...{ value: 79.5, seedError: 0 },
    });
    expect(popularity).toMatchObject({ standardError: 0.01, seedError: 0 });
  });

  it('make the page', () => {
    const page = resultsPage(keptResults(folder));
    expect(page).toContain('## batch\n');
    expect(page).toContain('### batch on movielens\n\nA note.\n');
    expect(page).toContain(`\`${command}\`: n = 1,200, seeds 1, 2, `);
    expect(page).toContain(
      [
        '|  | HR@10 | reward |',
        '|---|---:|---:|',
        '| ours | 0.1500 ± 0.0200 (± 0.0500) | 79.50 |',
        '| popularity | 0.0500 ± 0.0100 | - |',
        '| *ItemKNN* [1] | 0.0986 | - |',
        '',
        '[1] Somebody 2020: other split.',
      ].join('\n'),
    );
  });

  it('say what is wrong with a file', () => {
    writeFileSync(join(folder, 'batch-movielens.json'), '{"protocol": "batch", "runs": [{}]}');
    expect(() => keptResults(folder)).toThrow(
      expect.objectContaining({ code: 'results-unreadable' }),
    );
  });
});

describe('a table of results', () => {
  it('goes down the page where few models have many metrics', () => {
    const metrics = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i'];
    const rows = metrics.map((metric, i) => ({
      ...{ model: 'one', metric, span: 'all' as const, value: i },
    }));
    const { head, lines } = resultTable(rows);
    expect(head).toEqual(['', 'one']);
    expect(lines).toHaveLength(9);
    expect(lines[8]).toEqual(['i', '8.0000']);
  });
});
