// A member that was killed again and again stops taking partitions; one that ends in good order does not.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { guardRestarts } from '../../app/restart-guard.ts';
import { codeOf } from '../../schemas/errors.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'millrace-guard-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

const minute = 60_000;
const now = 1_000_000_000;

/** So many starts of processes that are gone, the first `ago` ms before `now`, a second apart. */
function suddenEnds(count: number, ago: number): void {
  guardRestarts(dir, now)[Symbol.dispose]();
  const starts = Array.from({ length: count }, (_, i) => ({
    at: now - ago + i * 1_000,
    owner: { pid: 2 ** 22 + i, started: 'long ago' },
  }));
  writeFileSync(join(dir, 'run', 'starts.json'), JSON.stringify(starts));
}

const start = () => {
  try {
    return guardRestarts(dir, now);
  } catch (error) {
    return codeOf(error);
  }
};

it('refuses the start after five sudden ends in ten minutes, and says when it may be tried again', () => {
  suddenEnds(5, 2 * minute);
  expect(start()).toBe('restart-loop');
  expect(() => guardRestarts(dir, now)).toThrow(/5 times .* in the last 120 s[\s\S]*again 480 s/);
  // A start that was refused is none.
  expect(start()).toBe('restart-loop');
});

it('lets a member start after four, or when the first of five is ten minutes ago', () => {
  suddenEnds(4, 2 * minute);
  expect(start()).not.toBe('restart-loop');
  suddenEnds(5, 10 * minute);
  expect(start()).not.toBe('restart-loop');
});

it('counts no end in good order, and no member that runs', () => {
  for (let i = 0; i < 20; i++) guardRestarts(dir, now)[Symbol.dispose]();
  for (let i = 0; i < 20; i++) guardRestarts(dir, now); // this process is alive
  suddenEnds(4, minute);
  expect(start()).not.toBe('restart-loop');
});

it('is not kept from starting by a file that is cut short', () => {
  suddenEnds(5, minute);
  writeFileSync(join(dir, 'run', 'starts.json'), '[{"at": 1');
  expect(start()).not.toBe('restart-loop');
});
