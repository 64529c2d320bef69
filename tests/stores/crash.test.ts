// A process that is killed while it writes leaves a file that is not opened again: its state is rebuilt.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { changesOf, contentAfter } from './history.ts';
import { contentOf, lmdbIn, temporaryDir } from './support.ts';

const writer = fileURLToPath(new URL('./writer.ts', import.meta.url));

/** Kills a writer after it has printed so many lines. */
async function killedAfter(dir: string, count: number): Promise<void> {
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
}

describe('kill -9 while a store is written', () => {
  it('leaves a file that is thrown away with a word, whenever it struck', async () => {
    using dir = temporaryDir();
    for (const count of [1, 30, 7]) {
      await killedAfter(dir.path, count);
      using after = lmdbIn(dir.path);
      const backing = after.open();
      expect([backing.checkpoint, backing.size]).toEqual([0, 0]);
      expect(after.lines).toEqual([expect.objectContaining({ code: 'checkpoint-discarded' })]);
      // What is restored into it is kept by an orderly end.
      for (let i = 1; i <= count; i++) backing.apply(changesOf(i), i);
      after[Symbol.dispose]();
      using again = lmdbIn(dir.path);
      const kept = again.open();
      expect(kept.checkpoint).toBe(count);
      expect(contentOf(kept)).toEqual(contentAfter(count));
      expect(again.lines).toEqual([]);
    }
  });
});
