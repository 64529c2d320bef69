// docs/configuration.md names every variable and flag that the code reads, and no others.
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { leaves } from '../../app/config/read.ts';

const root = join(import.meta.dirname, '../..');
const read = (file: string) => readFileSync(join(root, file), 'utf8');
const files = (pattern: string) => globSync(pattern, { cwd: root }).map(read);
const all = (text: string, pattern: RegExp) => [...text.matchAll(pattern)].map(([, name]) => name!);

const page = read('docs/configuration.md');
/** Cells of the tables that are code, by row. */
const rows = page
  .split('\n')
  .filter((line) => line.startsWith('| '))
  .map((line) => line.split('|').map((cell) => cell.trim()));
const named = new Set(
  rows.flatMap((cells) => cells.slice(1, 4).flatMap((cell) => all(cell, /`([^`]+)`/g))),
);

const configured = leaves.flatMap(({ env }) => (env ? [env] : []));
const elsewhere = [
  ...files('{bin,app,evaluate,infra/embedded,infra/llama}/**/*.ts'),
  ...files('tests/**/*.ts'),
]
  .flatMap((text) => all(text, /\benv\.([A-Z][A-Z_]+)\b/g))
  // Between the test run and its workers; nobody sets it.
  .filter((name) => name !== 'MILLRACE_TEST_INFRA');
const flags = files('bin/**/*.ts').flatMap((text) => all(text, /[oO]ption\(\s*'(--[a-z-]+)/g));

describe('docs/configuration.md', () => {
  it('names every variable of the settings', () => {
    expect(configured.length).toBeGreaterThanOrEqual(40);
    expect(configured.filter((name) => !named.has(name))).toEqual([]);
  });

  it('names every variable read elsewhere', () => {
    expect(elsewhere).toEqual(expect.arrayContaining(['LOG_LEVEL', 'TEST_INFRA', 'CHROMIUM_PATH']));
    expect(elsewhere.filter((name) => !named.has(name))).toEqual([]);
  });

  it('names every flag of the command line', () => {
    expect(flags).toEqual(expect.arrayContaining(['--sql-port', '--debug', '--speed']));
    expect(flags.filter((flag) => !named.has(flag))).toEqual([]);
  });

  it('names no variable and no flag that nothing reads', () => {
    const known = new Set([...configured, ...elsewhere, ...flags]);
    const claimed = [...named].filter((name) => /^(--[a-z-]+|[A-Z]+_[A-Z_]+)$/.test(name));
    expect(claimed.filter((name) => !known.has(name))).toEqual([]);
  });

  it('gives every setting a line with its variable, its flag and its default', () => {
    for (const { path, env = '', flag = '', unit, unset, ...leaf } of leaves) {
      const code = (text: string) => (text ? `\`${text}\`` : '');
      const row = rows.find(([, cell]) => cell === code(path));
      expect(row?.slice(2, 6)).toEqual([
        code(env),
        code(flag),
        unit,
        unset ?? code(String(leaf.default)),
      ]);
    }
  });
});
