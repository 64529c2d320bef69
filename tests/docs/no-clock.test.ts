// What is said, learned and done is a function of the events: no clock and no chance in these rooms. What
// they import is held by the import rules (`no-io-in-models`); this looks for the globals.
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';

const root = join(import.meta.dirname, '../..');
const forbidden =
  /\b(Date\.now|new Date\(\)|performance\.|Math\.random|set(Timeout|Interval|Immediate)|fetch\(|process\.)/;

/** Code without its comments. */
const codeOf = (text: string) =>
  text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$|\s\/\/ .*$/gm, '');

describe.each(['schemas', 'models', 'streams'])('%s/', (room) => {
  const files = globSync(`${room}/**/*.ts`, { cwd: root });

  it('has no clock, no chance and no process', () => {
    expect(files.length).toBeGreaterThan(20);
    const found = files.filter((file) =>
      forbidden.test(codeOf(readFileSync(join(root, file), 'utf8'))),
    );
    expect(found).toEqual([]);
  });
});

it('finds what it looks for, in code alone', () => {
  const lines = [
    '// Date.now()',
    'const t = Date.now(); // now',
    '/** Math.random */',
    'setTimeout(f)',
  ];
  expect(lines.map((line) => forbidden.test(codeOf(line)))).toEqual([false, true, false, true]);
});
