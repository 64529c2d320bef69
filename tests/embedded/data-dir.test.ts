// One Millrace at a time on a data directory; the lock of one that is gone is taken over.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { lockDataDir } from '../../infra/embedded/data-dir.ts';
import { identify, isAlive } from '../../infra/embedded/processes.ts';
import { readRun, runPath, writeRun } from '../../infra/embedded/run-file.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'millrace-lock-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const lockOf = (holder: unknown) => {
  const path = runPath(dir, 'millrace');
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, typeof holder === 'string' ? holder : JSON.stringify(holder));
  return path;
};
const holderIn = (path: string) => JSON.parse(readFileSync(path, 'utf8'));

describe('lockDataDir', () => {
  it('is free again after it is given back', () => {
    lockDataDir(dir)[Symbol.dispose]();
    expect(existsSync(runPath(dir, 'millrace'))).toBe(false);
    lockDataDir(dir)[Symbol.dispose]();
  });

  it('refuses a second holder, naming the first', () => {
    using _first = lockDataDir(dir);
    expect(() => lockDataDir(dir)).toThrow(
      expect.objectContaining({
        code: 'data-dir-in-use',
        message: expect.stringContaining(String(process.pid)),
      }),
    );
  });

  it('takes over from a process that is gone', () => {
    const { pid } = spawnSync('true');
    const path = lockOf({ pid, started: '1' });
    using _mine = lockDataDir(dir);
    expect(holderIn(path)).toEqual(identify(process.pid));
  });

  it('takes over when another process has got the same number', () => {
    const path = lockOf({ pid: process.pid, started: 'long ago' });
    using _mine = lockDataDir(dir);
    expect(holderIn(path)).toEqual(identify(process.pid));
  });

  it('takes over a lock that a crash of the disk left unreadable', () => {
    const path = lockOf('{"pid": 12');
    using _mine = lockDataDir(dir);
    expect(holderIn(path)).toEqual(identify(process.pid));
  });
});

describe('process identity', () => {
  it('knows a living process and that it has ended', async () => {
    const child = spawn('sleep', ['60']);
    const id = identify(child.pid!)!;
    expect(isAlive(id)).toBe(true);
    expect(isAlive({ ...id, started: 'another' })).toBe(false);
    const closed = new Promise((resolve) => child.once('close', resolve));
    child.kill('SIGKILL');
    await closed;
    expect(isAlive(id)).toBe(false);
  });
});

describe('run file', () => {
  it('remembers ports, and reads what cannot be read as nothing', () => {
    writeRun(dir, 'kafka', { ports: { client: 9093 } });
    expect(readRun(dir, 'kafka')).toEqual({ ports: { client: 9093 } });
    writeFileSync(runPath(dir, 'kafka'), '{');
    expect(readRun(dir, 'kafka')).toEqual({});
    expect(readRun(dir, 'registry')).toEqual({});
  });
});
