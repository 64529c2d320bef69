// Every error code in the source has its page in docs/errors, and every page a code.
import { globSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';

const root = join(import.meta.dirname, '../..');
const folder = join(root, 'docs/errors');
const rooms = '{schemas,models,streams,infra,datasets,app,evaluate,bin}';

/** The ways in which a code is written: thrown, answered over HTTP, a type of codes. */
const ways = {
  property: /\bcode: '([a-z]+(?:-[a-z]+)*)'/g,
  fallback: /\.code : '([a-z]+(?:-[a-z]+)*)'/g,
  type: /\btype \w*Code =([^;]+);/g,
} as const;

function codesIn(text: string, way: keyof typeof ways): string[] {
  const found = [...text.matchAll(ways[way])].map((match) => match[1]!);
  if (way !== 'type') return found;
  return found.flatMap((union) => [...union.matchAll(/'([^']+)'/g)].map((match) => match[1]!));
}

const sources = globSync(`${rooms}/**/*.{ts,mjs,sql}`, { cwd: root }).map((file) =>
  readFileSync(join(root, file), 'utf8'),
);
const byWay = (way: keyof typeof ways) => sources.flatMap((text) => codesIn(text, way));
const codes = [
  ...new Set((Object.keys(ways) as (keyof typeof ways)[]).flatMap((way) => byWay(way))),
].sort();
const pages = readdirSync(folder)
  .filter((file) => file !== 'README.md')
  .map((file) => file.replace(/\.md$/, ''))
  .sort();
const pageOf = (code: string) => readFileSync(join(folder, `${code}.md`), 'utf8');

describe('docs/errors', () => {
  it('finds codes in each of the ways they are written', () => {
    expect(byWay('property')).toContain('config-invalid');
    expect(byWay('fallback')).toEqual(['unexpected']);
    expect(byWay('type')).toEqual(['click-late', 'click-orphan', 'click-duplicate']);
  });

  it('has a page for every code, and a code for every page', () => {
    expect(pages).toEqual(codes);
  });

  it('lists each page once in its index, with the outcome the page gives', () => {
    const lines = readFileSync(join(folder, 'README.md'), 'utf8').split('\n');
    const listed = lines.flatMap((line) => {
      const match = /^- \[`([^`]+)`\]\(([^)]+)\.md\) \((\w+)\): \S/.exec(line);
      return match ? [match.slice(1)] : [];
    });
    expect(listed.map(([code]) => code).sort()).toEqual(codes);
    for (const [code, file, outcome] of listed) {
      expect(file).toBe(code);
      expect(pageOf(code!)).toMatch(new RegExp(`^## What becomes of .+ \\(${outcome}\\)$`, 'm'));
    }
  });

  it.each(pages)('%s: says what, why, what to do and what becomes of it, in few lines', (code) => {
    const lines = pageOf(code).trimEnd().split('\n');
    expect(lines[0]).toBe(`# \`${code}\``);
    expect(lines.filter((line) => line.startsWith('## '))).toEqual([
      '## Why it happens',
      '## What to do',
      expect.stringMatching(/^## What becomes of .+ \((skipped|retried|halted|answered)\)$/),
    ]);
    expect(lines.length).toBeGreaterThanOrEqual(8);
    expect(lines.length).toBeLessThanOrEqual(20);
    for (const [, link] of pageOf(code).matchAll(/\]\(([^)]+)\)/g)) {
      expect(() => readFileSync(join(folder, link!))).not.toThrow();
    }
  });
});
