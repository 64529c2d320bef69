// docs/faults.md says of every kind of fault what it does.
import { readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { kindsWith } from '../faults/plan.ts';

it('every kind of fault has its row, and no row is of a kind that is gone', () => {
  const text = readFileSync(new URL('../../docs/faults.md', import.meta.url), 'utf8');
  const rows = text.split('\n').filter((line) => /^\| `[a-z]/.test(line));
  const named = rows.flatMap((row) => row.split('|')[1]!.match(/[a-z]+(?:-[a-z]+)*/g) ?? []);
  expect(named.toSorted()).toEqual(kindsWith(3).toSorted());
});
