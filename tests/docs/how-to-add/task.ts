// What the recipe of a task promises: the command runs it.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const data = mkdtempSync(join(tmpdir(), 'millrace-task-'));
const fixture = 'movielens:tests/datasets/fixtures/movielens';
const args = ['--no-warnings', 'bin/millrace.ts', '--data-dir', data, 'evaluate', 'repeats'];
const out = execFileSync(process.execPath, [...args, '--data', fixture, '--json'], {
  encoding: 'utf8',
});
const { rows, ...rest } = JSON.parse(out);
assert.deepEqual(rest, { protocol: 'repeats', dataset: 'movielens', n: 4, seed: 1 });
// Two users rated on after a like, twice each; one of these was a like that shares a group.
assert.deepEqual(
  rows.map(({ model, metric, value }: Record<string, unknown>) => [model, metric, value]),
  [
    ['liked', 'shares a group', 1 / 2],
    ['rated', 'shares a group', 1 / 4],
  ],
);
rmSync(data, { recursive: true });
process.stdout.write('kept\n');
