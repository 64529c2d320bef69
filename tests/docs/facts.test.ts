// Figures and names in the pages that the code decides.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { readConfig } from '../../app/config/read.ts';
import { demoLayer } from '../../app/demo/recommender.ts';
import { topologyOf } from '../../app/topology.ts';
import { Factors } from '../../models/bandit/millrace/factors.ts';
import { FEATURES } from '../../models/bandit/millrace/features/slate.ts';
import { SparseLogit } from '../../models/bandit/millrace/sparse.ts';
import { roles } from '../../models/llm/roles.ts';
import { COLUMNS } from '../../models/sequence/columns.ts';
import { retrieverDefaults } from '../../streams/serve/candidates.ts';
import { nobody } from '../../streams/topology.ts';

const root = join(import.meta.dirname, '../..');
const read = (file: string) => readFileSync(join(root, file), 'utf8');
const words = ['no', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten'];

describe('docs/learning.md', () => {
  const page = read('docs/learning.md');

  it('has the sizes of the click model', () => {
    expect(page).toContain(`| dense | ${FEATURES.length} features `);
    expect(new SparseLogit().weights).toHaveLength(2 ** 17);
    expect(page).toMatch(/\| sparse \| .*; 2¹⁷ \|/);
    const { width, values } = new Factors();
    expect(values.length / width).toBe(2 ** 15);
    expect(page).toContain(`width ${width}, 2¹⁵ hashed rows`);
  });

  it('has a row for each column of the next item', () => {
    const rows = [...page.matchAll(/^\| (\d+(?:, \d+)*) \| /gm)].flatMap(([, numbers]) =>
      numbers!.split(', ').map(Number),
    );
    expect(rows).toEqual(Array.from(COLUMNS, (_, i) => i + 1));
  });
});

describe('README.md', () => {
  const page = read('README.md');

  it('says how many candidates are gathered, and how many roles there are', () => {
    expect(page).toContain(`gathers ${retrieverDefaults.total} candidates`);
    const many = words[roles.names.length]!;
    expect(page.toLowerCase()).toContain(`[${many} roles](docs/llm.md)`);
    expect(read('docs/llm.md')).toMatch(new RegExp(`^# The language model in ${many} roles\\n`));
  });

  it('draws every stage and enricher of the demo', () => {
    const config = readConfig({}, { folder: null, over: demoLayer(1) });
    const { stages, enrichers } = topologyOf(config, { llm: nobody });
    const diagram = page.split('```mermaid')[1]!.split('```')[0]!;
    const drawn = (name: string) => new RegExp(`(^|[\\s;&>])${name}\\b`, 'm').test(diagram);
    const names = [...stages, ...enrichers].map(({ name }) =>
      name.replace(/^promote-.*/, 'promote'),
    );
    expect([...new Set(names)].filter((name) => !drawn(name))).toEqual([]);
  });
});

describe('docs/operations.md', () => {
  it('is right that every stage but one reads a topic with one partition', () => {
    const { stages } = topologyOf(readConfig({}, { folder: null, over: demoLayer(1) }));
    const single = stages.filter(({ inputs }) => inputs.every((one) => one.partitioning === 'one'));
    expect(stages.filter((stage) => !single.includes(stage)).map(({ name }) => name)).toEqual([
      'serve',
    ]);
    const inputs = new Set(single.flatMap((stage) => stage.inputs.map(({ name }) => name)));
    expect([...inputs].sort()).toEqual(['examples', 'item-vectors']);
  });
});

describe('docs/decisions/0008-libraries.md', () => {
  it('names every package that is depended on', () => {
    const page = read('docs/decisions/0008-libraries.md');
    const { dependencies, devDependencies } = JSON.parse(read('package.json')) as {
      dependencies: object;
      devDependencies: object;
    };
    const packages = Object.keys({ ...dependencies, ...devDependencies });
    const named = (name: string) =>
      new RegExp(`(^|[\\s,(\`|])${name}([\\s,;)\`|.:]|$)`, 'm').test(page);
    expect(packages.length).toBeGreaterThan(20);
    expect(packages.filter((name) => !named(name))).toEqual([]);
  });
});
