// docs/data-sets.md speaks of every data set, and of its window as it is.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import type { Dataset } from '../../datasets/dataset.ts';
import { datasets } from '../../datasets/index.ts';

const page = readFileSync(join(import.meta.dirname, '../../docs/data-sets.md'), 'utf8');
const units: Record<string, number> = { h: 3_600_000, s: 1_000 };

describe('docs/data-sets.md', () => {
  it.each(Object.values<Dataset>(datasets))('$name: command, source, window', (dataset) => {
    const section = page.split(`\n## ${dataset.name}\n`)[1]?.split('\n## ')[0] ?? '';
    expect(section).toContain(`npm run millrace -- replay ${dataset.name}`);
    // People, or an organisation of two words.
    const source = /\((\w+)(?: et al\.| & \w+| \w+) (\d{4})/.exec(dataset.doc)!;
    expect(section).toMatch(new RegExp(`\\*\\*Source\\*\\*: ${source[1]}\\b.*${source[2]}`));
    const row = page.split('\n').find((line) => line.startsWith(`| \`${dataset.name}\` |`));
    const [, amount, unit] = /\| ([\d.]+) (h|s) \|$/.exec(row ?? '')!;
    expect(Number(amount) * units[unit!]!).toBe(dataset.attributionWindowMs);
  });
});
