// A supervised child ends with its parent, whatever ends the parent.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { gone, identify, isAlive } from '../../infra/embedded/processes.ts';
import { supervise } from '../../infra/embedded/supervise.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'millrace-supervise-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const options = (script: string, grace = 20) => ({
  command: 'sh',
  args: ['-c', script],
  cwd: dir,
  logFile: join(dir, 'child.log'),
  grace,
});

describe('supervise', () => {
  it('reports the exit code, and keeps what the child says in the log', async () => {
    const child = await supervise(options('echo out; echo err >&2; exit 3'));
    expect(await child.exited).toBe(3);
    expect(readFileSync(join(dir, 'child.log'), 'utf8').split('\n').sort()).toEqual([
      '',
      'err',
      'out',
    ]);
  });

  it('stops with SIGTERM, so that the child can put things in order', async () => {
    const child = await supervise(
      options('trap "echo orderly; exit 0" TERM; echo ready; while :; do sleep 0.05; done'),
    );
    await said('ready');
    await child.stop();
    expect(readFileSync(join(dir, 'child.log'), 'utf8')).toBe('ready\norderly\n');
  });

  it('stops with SIGKILL a child that will not hear', async () => {
    const child = await supervise(
      options('trap "" TERM; echo ready; while :; do sleep 0.05; done', 1),
    );
    const id = identify(child.pid)!;
    await said('ready');
    await child.stop();
    expect(await child.exited).toBe(137);
    expect(isAlive(id)).toBe(false);
  });

  it('leaves no orphan when the parent is killed', async () => {
    const parent = spawn(process.execPath, [
      '--input-type=module',
      '--eval',
      `import { supervise } from ${JSON.stringify(new URL('../../infra/embedded/supervise.ts', import.meta.url).href)};
       const child = await supervise(${JSON.stringify(options('sleep 300'))});
       console.log(child.pid);`,
    ]);
    const [line] = await once(createInterface({ input: parent.stdout }), 'line');
    const child = identify(Number(line))!;
    expect(isAlive(child)).toBe(true);
    parent.kill('SIGKILL');
    expect(await gone(child, 10_000)).toBe(true);
  });
});

/** Resolves once the child has said the word. */
async function said(word: string): Promise<void> {
  while (!readFileSync(join(dir, 'child.log'), 'utf8').includes(word)) {
    await new Promise((resolve) => setImmediate(resolve));
  }
}
