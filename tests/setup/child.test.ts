// What npm's scripts begin ends with them, also when only the shell above them is told.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

const dir = mkdtempSync(join(tmpdir(), 'millrace-child-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));
const at = (name: string) => join(dir, name);
const childModule = new URL('../../infra/setup/child.mjs', import.meta.url).href;

beforeAll(() => {
  // A program that begins another one, which outlives it and ends by SIGTERM.
  writeFileSync(
    at('program.mjs'),
    `import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
const left = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
process.on('SIGTERM', () => { writeFileSync(process.argv[2] + '.told', ''); process.exit(3); });
writeFileSync(process.argv[2], [process.pid, left.pid].join(' '));
if (process.argv[3] === 'ends') process.exit(0);
setInterval(() => {}, 1000);`,
  );
  writeFileSync(
    at('caller.mjs'),
    `import { passThrough } from ${JSON.stringify(childModule)};
process.exitCode = await passThrough(process.execPath, [${JSON.stringify(at('program.mjs'))}, ...process.argv.slice(2)]);`,
  );
});

function isThere(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await sleep(50);
}

async function pidsOf(file: string): Promise<number[]> {
  const read = () => {
    try {
      return readFileSync(file, 'utf8');
    } catch {
      return '';
    }
  };
  await until(() => read() !== '');
  return read().split(' ').map(Number);
}

const begin = (file: string, ...args: string[]): ChildProcess =>
  spawn(process.execPath, [at('caller.mjs'), file, ...args], { stdio: 'ignore' });

describe('passThrough', () => {
  it('ends what the program has left behind', async () => {
    const caller = begin(at('ends'), 'ends');
    const [, left] = await pidsOf(at('ends'));
    const [code] = await once(caller, 'exit');
    expect(code).toBe(0);
    expect(isThere(left!)).toBe(false);
  });

  it('passes SIGTERM on, and ends the rest', async () => {
    const caller = begin(at('term'));
    const [program, left] = await pidsOf(at('term'));
    caller.kill('SIGTERM');
    const [code] = await once(caller, 'exit');
    expect(code).toBe(3);
    expect([isThere(program!), isThere(left!)]).toEqual([false, false]);
  });

  it('ends the program when the shell above it was ended and passed nothing on', async () => {
    const file = at('shell');
    // Two commands: the shell stays, as the one of npm does on some systems.
    const line = `"${process.execPath}" "${at('caller.mjs')}" "${file}"; true`;
    const shell = spawn('sh', ['-c', line], { stdio: 'ignore' });
    const [program, left] = await pidsOf(file);
    shell.kill('SIGKILL');
    await until(() => !isThere(program!) && !isThere(left!));
    expect(readFileSync(`${file}.told`, 'utf8')).toBe('');
  });
});
