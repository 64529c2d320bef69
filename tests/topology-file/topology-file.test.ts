// `--topology`: stages of the user's own, and what is said of a file that gives none.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { millrace } from '../support/millrace.ts';

const dir = mkdtempSync(join(tmpdir(), 'millrace-topology-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

async function describeWith(file: string, ...args: string[]) {
  const run = millrace(['describe', '--json', '--topology', file, ...args]);
  const code = await run.ended;
  return { code, ...run.output };
}

function moduleOf(name: string, text: string): string {
  const path = join(dir, name);
  writeFileSync(path, text);
  return path;
}

/** A stage that reads clicks, as source. */
const stage = (name: string, more = '') => `{
  name: ${name}, doc: 'Of my own.', steps: ['mine'], inputs: [clicks], outputs: [], stores: [],
  commitEveryMs: 100, flushOn: [], tables: [], create: () => ({ handlers: [on(clicks, () => {})] }),
  ${more}
}`;
const imports = `import { checked, defineTopic, on, record } from 'millrace/engine';
import { clicks } from 'millrace/topics';
`;

describe('a topology file', () => {
  it('adds its stages to those of Millrace, in this process and from anywhere', async () => {
    const file = moduleOf(
      'mine.ts',
      `${imports}export default ({ seed }: { seed: number }) =>
        checked({ stages: [${stage('`mine-$' + '{seed}`')}], enrichers: [] });`,
    );
    const { code, out } = await describeWith(file, '--seed', '7');
    const { stages } = JSON.parse(out) as { stages: { name: string; inputs: string[] }[] };
    expect(stages.map(({ name }) => name)).toEqual(expect.arrayContaining(['serve', 'learn']));
    expect(stages.at(-1)).toMatchObject({ name: 'mine-7', inputs: ['clicks'] });
    expect(code).toBe(0);
  });

  it.each([
    ['does not exist', undefined, /topology-file-unusable.*It does not exist/s],
    ['has no default export', 'export const stages = [];', /has no default export/],
    ['does not load', `import 'millrace/none';`, /topology-file-unusable.*millrace.*none/s],
    ['throws', `export default () => { throw new Error('no luck'); };`, /unusable.*no luck/s],
    ['gives something else', 'export default { stages: 3 };', /gives no topology/],
    [
      'has a step of the name of one of ours',
      `${imports}export default { stages: [${stage("'serve'")}], enrichers: [] };`,
      /topology-invalid.*called serve/s,
    ],
    [
      'has a topic of the name of one of ours',
      `${imports}const own = defineTopic({ name: 'clicks', doc: '', schema: record('Own', '', []),
        key: '', keyOf: () => '', timeOf: () => 0 });
      export default { stages: [${stage("'mine'", 'inputs: [own], create: () => ({ handlers: [] })')}],
        enrichers: [] };`,
      /topology-invalid.*topic clicks, which Millrace has/s,
    ],
  ])('that %s is refused, with the reason', async (name, text, reason) => {
    const file = text ? moduleOf(`${name.replaceAll(' ', '-')}.ts`, text) : join(dir, 'none.ts');
    const { code, err, out } = await describeWith(file);
    expect(err).toMatch(reason);
    expect([code, out]).toEqual([1, '']);
  });
});
