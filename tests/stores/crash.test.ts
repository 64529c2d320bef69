// A process that is killed while it writes loses nothing it had applied, and leaves nothing by halves.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { contentAfter } from './history.ts';
import { contentOf, lmdbIn, temporaryDir } from './support.ts';

const writer = fileURLToPath(new URL('./writer.ts', import.meta.url));

/** Kills a writer after it has printed so many lines. @returns the last one it printed */
async function killedAfter(dir: string, count: number): Promise<number> {
  const child: ChildProcess = spawn(process.execPath, ['--no-warnings', writer, dir], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const closed = once(child, 'close');
  const lines: number[] = [];
  for await (const line of createInterface({ input: child.stdout! })) {
    lines.push(Number(line));
    if (lines.length === count) child.kill('SIGKILL');
  }
  expect(await closed).toEqual([null, 'SIGKILL']);
  return lines.at(-1)!;
}

describe('kill -9 while a store is written', () => {
  it('leaves the content of the last transactions that were applied, and their checkpoint', async () => {
    using dir = temporaryDir();
    let reached = 0;
    for (const count of [1, 30, 7, 90]) {
      const printed = await killedAfter(dir.path, count);
      using after = lmdbIn(dir.path);
      const backing = after.open();
      // The one it was printing may have been followed by one that was not printed any more.
      expect(backing.checkpoint).toBeGreaterThanOrEqual(printed);
      expect(backing.checkpoint).toBeGreaterThanOrEqual(reached + count);
      expect(contentOf(backing)).toEqual(contentAfter(backing.checkpoint));
      expect(after.lines).toEqual([]);
      reached = backing.checkpoint;
      backing.apply([], reached);
    }
  });

  it('is followed by an open that another kill may interrupt', async () => {
    using dir = temporaryDir();
    await killedAfter(dir.path, 20);
    const printed = await killedAfter(dir.path, 1);
    using after = lmdbIn(dir.path);
    const backing = after.open();
    expect(backing.checkpoint).toBeGreaterThanOrEqual(printed);
    expect(contentOf(backing)).toEqual(contentAfter(backing.checkpoint));
  });
});
