// A docstring is whole by itself: an editor shows one, without those before and after it.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';

const root = join(import.meta.dirname, '../..');
const { PRODUCT: rooms } = (await import(
  new URL('../../infra/setup/rooms.mjs', import.meta.url).href
)) as { PRODUCT: string[] };

/** Beginnings and ends of docstrings that lean on another one. */
const leaning =
  /^(?:…|Or |And |Of |As (?:that|those) of|The same(?:[,.:;]| (?:of|for|with|as|to|by|but|unless|where)\b))|…$/;

function docstringsOf(path: string): { line: number; text: string }[] {
  const source = readFileSync(join(root, path), 'utf8');
  return [...source.matchAll(/\/\*\*(.*?)\*\//gs)].map(({ index, 1: body = '' }) => ({
    line: source.slice(0, index).split('\n').length,
    text: body
      .replace(/^\s*\*/gm, '')
      .replace(/\s+/g, ' ')
      .trim(),
  }));
}

it('no docstring begins or ends in another one', () => {
  const listed = execFileSync('git', ['ls-files', '--', ...rooms], { cwd: root, encoding: 'utf8' });
  const found = listed
    .split('\n')
    .filter((path) => path.endsWith('.ts'))
    .flatMap((path) =>
      docstringsOf(path).map(({ line, text }) => ({ at: `${path}:${line}`, text })),
    );
  expect(found.length).toBeGreaterThan(1_000);
  expect(found.filter(({ text }) => leaning.test(text))).toEqual([]);
});
