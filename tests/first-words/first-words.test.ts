// Typical mistakes of a first hour: each gets what, why, what to do within seconds, and nothing is started.
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { millrace, said } from '../support/millrace.ts';
import { mistakes, prepare } from './mistakes.ts';

/** Longest time to the message, ms; alone on two cores it takes one to two seconds. */
const atOnceMs = 20_000;
const movielens = join(import.meta.dirname, '../datasets/fixtures/movielens');
const dir = mkdtempSync(join(tmpdir(), 'millrace-first-words-'));
beforeAll(() => prepare(dir, movielens));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const placed = (text: string) => text.replace('DIR', dir);

/** What a start would have made, anywhere below the folder. */
function started(): string[] {
  const names = readdirSync(dir, { recursive: true }) as string[];
  return names.filter((name) =>
    /(^|\/)(kafka|registry|clickhouse|scratch|state)(\.json)?$/.test(name),
  );
}

it('holds ten mistakes or more, each told by itself', () => {
  expect(mistakes.length).toBeGreaterThanOrEqual(10);
  expect(new Set(mistakes.map(({ mistake }) => mistake)).size).toBe(mistakes.length);
});

describe('a mistake', () => {
  it.each(mistakes.map((one) => [one.mistake, one] as const))(
    '%s',
    async (_name, { command, env = {}, code, says, waits }) => {
      const args = command.map(placed);
      const place = args.includes('--data-dir') ? {} : { MILLRACE_DATA_DIR: join(dir, 'own') };
      const set = Object.fromEntries(Object.entries(env).map(([key, text]) => [key, placed(text)]));
      const begun = performance.now();
      const run = millrace(args, { ...place, ...set });
      await said(run, says.at(-1)!);
      expect(performance.now() - begun).toBeLessThan(atOnceMs);
      if (waits) run.child.kill('SIGKILL');
      expect(await run.ended).toBe(waits ? null : 1);
      const { out, err } = run.output;
      expect(out).toBe('');
      expect(err).toMatch(new RegExp(says.map(({ source }) => source).join('[^]*')));
      if (code) expect(err).toContain(`Error (${code}): `);
      // For people: no line of a log, no stack.
      expect(err).not.toMatch(/"level":|^ {4}at /m);
      expect(started()).toEqual([]);
    },
    60_000,
  );
});

describe('a data directory that is named', () => {
  const told = (args: string[]) => millrace(args, { LLM_MODEL: join(dir, 'none.gguf') });

  it('is made for whoever begins there, beside a directory of another name', async () => {
    const begins = told(['run', '--llm', '--data-dir', join(dir, 'new')]);
    expect(await begins.ended).toBe(1);
    expect(begins.output.err).toContain('Error (model-missing)');
    expect(existsSync(join(dir, 'new', 'logs'))).toBe(true);
  }, 60_000);

  it('is not made when it is mistyped', () => {
    for (const name of ['shpo', 'vra', 'other']) expect(existsSync(join(dir, name))).toBe(false);
  });
});
