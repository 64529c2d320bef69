// The set-up's own rules: stamps, the lock, the Node that fits, the closing line, the lock file.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';

// Plain JavaScript has no declarations; its own functions are looked at here as they are.
const load = (name: string): Promise<Record<string, (...args: never[]) => unknown>> =>
  import(new URL(`../../infra/setup/${name}.mjs`, import.meta.url).href);

const dir = mkdtempSync(join(tmpdir(), 'millrace-setup-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));
const call = (fn: unknown, ...args: unknown[]) => (fn as (...all: unknown[]) => unknown)(...args);

describe('stamp', () => {
  it('holds for the same input, and no longer when the input changes', async () => {
    const { digest, isStamped, stamp } = await load('stamp');
    const [input, path] = [join(dir, 'input'), join(dir, 'node_modules', '.stamp')];
    writeFileSync(input, 'one');
    const first = call(digest, [input], ['linux']);
    expect(call(isStamped, path, first)).toBe(false);
    call(stamp, path, first);
    expect(call(isStamped, path, first)).toBe(true);
    writeFileSync(input, 'two');
    expect(call(isStamped, path, call(digest, [input], ['linux']))).toBe(false);
    writeFileSync(input, 'one');
    expect(call(digest, [input], ['linux'])).toBe(first);
    expect(call(digest, [input], ['darwin'])).not.toBe(first);
  });
});

describe('withLock', () => {
  it('lets one at a time work, and takes over from one that is gone', async () => {
    const { withLock } = await load('lock');
    const path = join(dir, 'setup.lock');
    writeFileSync(path, '999999999');
    let inside = 0;
    let most = 0;
    let done = 0;
    const work = async () => {
      most = Math.max(most, ++inside);
      await new Promise((resolve) => setImmediate(resolve));
      inside--;
      done++;
    };
    // The second comes while the first has the lock.
    await Promise.all([call(withLock, path, work), call(withLock, path, work)]);
    expect({ most, done }).toEqual({ most: 1, done: 2 });
    expect(existsSync(path)).toBe(false);
  });
});

describe('isFit', () => {
  it.each([
    ['v20.20.2', false, false],
    ['v22.21.9', false, false],
    ['v22.22.0', true, false],
    ['v23.11.0', false, false],
    ['v24.0.0', true, true],
    ['v26.1.0', true, true],
  ])('%s: the package %s, a checkout %s', async (version, compiled, checkout) => {
    const { isFit } = await load('node');
    expect(call(isFit, version, false)).toBe(compiled);
    expect(call(isFit, version, true)).toBe(checkout);
    expect(call(isFit, version)).toBe(checkout);
  });
});

describe('tally', () => {
  it.each([
    [{ numPassedTests: 5, numFailedTests: 0 }, 0, '5 passed, 0 failed', true],
    [{ numPassedTests: 5, numFailedTests: 2 }, 1, '5 passed, 2 failed', false],
    [
      { numPassedTests: 5, numPendingTests: 1, numTodoTests: 1 },
      0,
      '5 passed, 0 failed, 2 skipped',
      true,
    ],
    [{ numPassedTests: 5, numRuntimeErrorTestSuites: 1 }, 1, '5 passed, 1 failed', false],
    [{ numPassedTests: 0 }, 0, '0 passed, 1 failed', false],
    [{ numPassedTests: 5 }, 1, '5 passed, 1 failed', false],
    [undefined, 1, '0 passed, 1 failed', false],
  ])('%j after exit %d: %s', async (results, status, line, ok) => {
    const { tally } = await load('tally');
    expect(call(tally, results, status)).toEqual({ line, ok });
  });
});

describe('completed', () => {
  it('lists the platform packages that a registry lacked, and leaves the others alone', async () => {
    const { completed } = await load('complete-lock');
    const entry = { version: '1.0.0', integrity: 'sha512-x' };
    const lock = {
      lockfileVersion: 3,
      packages: {
        '': {},
        'node_modules/a': {
          ...entry,
          optionalDependencies: {
            '@a/lib-linux-x64-gnu': '1.0.0',
            '@a/lib-darwin-arm64': '1.0.0',
            b: '^1',
          },
        },
        'node_modules/@a/lib-linux-x64-gnu': entry,
      },
    };
    const { lock: whole, added } = call(completed, lock) as { lock: typeof lock; added: string[] };
    expect(added).toEqual(['@a/lib-darwin-arm64@1.0.0']);
    expect(whole.packages).toEqual({
      ...lock.packages,
      'node_modules/@a/lib-darwin-arm64': {
        version: '1.0.0',
        os: ['darwin'],
        cpu: ['arm64'],
        optional: true,
      },
    });
  });

  it('finds nothing to add to the lock of this project, which names no registry', async () => {
    const { completed } = await load('complete-lock');
    const text = readFileSync(new URL('../../package-lock.json', import.meta.url), 'utf8');
    expect((call(completed, JSON.parse(text)) as { added: string[] }).added).toEqual([]);
    expect(text).not.toContain('"resolved"');
  });
});

describe('sizeFaults', () => {
  const lines = (n: number) => 'x\n'.repeat(n);
  const write = (files: Record<string, string>): string => {
    const root = mkdtempSync(join(dir, 'sizes-'));
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(join(root, path, '..'), { recursive: true });
      writeFileSync(join(root, path), text);
    }
    return root;
  };
  const faults = async (files: Record<string, string>) =>
    call((await load('sizes')).sizeFaults, write(files), ['a']);

  it('names a file above 300 lines, of the kinds that are read as source', async () => {
    const small = { 'a/one.ts': lines(3), 'a/two.sql': lines(5), 'a/b/three.css': lines(300) };
    expect(await faults(small)).toEqual([]);
    expect(await faults({ ...small, 'a/data.json': lines(900) })).toEqual([]);
    expect(await faults({ ...small, 'a/four.ts': lines(4), 'a/b/large.mjs': lines(301) })).toEqual([
      'a/b/large.mjs has 301 lines: split it, 300 are the most.',
    ]);
  });

  it('says when the median is 100 or above', async () => {
    expect(
      await faults({ 'a/1.ts': lines(99), 'a/2.js': lines(99), 'a/3.ts': lines(200) }),
    ).toEqual([]);
    expect(
      await faults({ 'a/1.ts': lines(99), 'a/2.js': lines(100), 'a/3.ts': lines(200) }),
    ).toEqual(['The median file has 100 lines: it is to stay below 100.']);
  });
});
