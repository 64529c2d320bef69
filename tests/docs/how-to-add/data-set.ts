// What the recipe of a data set promises: its files are played as a log that keeps every promise of logs.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Dataset } from '../../../datasets/dataset.ts';
import { datasets } from '../../../datasets/index.ts';
import { collect, faults } from '../../support/log-checks.ts';

const plays = (datasets as Record<string, Dataset>).plays!;
const folder = mkdtempSync(join(tmpdir(), 'millrace-plays-'));
const rows = [
  '1,10,2.5,1000000000',
  '1,20,0.5,1000000060',
  '2,10,lots,1000000000',
  '2,20,3,999999999',
];
writeFileSync(join(folder, 'plays.csv'), ['user,game,hours,timestamp', ...rows].join('\n'));
writeFileSync(join(folder, 'games.csv'), 'game,title,genre\n10,Go,board\n20,Pong,arcade\n');
{
  await using log = await plays.open(folder, { scratch: join(folder, 'scratch') });
  const steps = await collect(log.steps());
  assert.deepEqual(faults(steps, log, plays), []);
  const clicks = steps.flatMap((step) => (step.kind === 'click' ? [step.click] : []));
  assert.deepEqual(
    clicks.map(({ userId, itemId, positive, value }) => [userId, itemId, positive, value]),
    [
      ['2', '20', true, 3],
      ['1', '10', true, 2.5],
      ['1', '20', false, 0.5],
    ],
  );
  const dead = steps.flatMap((step) => (step.kind === 'dead' ? [step.deadLetter] : []));
  assert.deepEqual(
    dead.map(({ line, data }) => [line, String(data)]),
    [[4, rows[2]]],
  );
}
const items = await collect(plays.items(folder));
assert.deepEqual(
  items.map(({ itemId, groups }) => [itemId, groups]),
  [
    ['10', ['board']],
    ['20', ['arcade']],
  ],
);
rmSync(folder, { recursive: true });
process.stdout.write('kept\n');
