// The package in a project outside the repository: what is in it, its types, its command line.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { makeProject, type Project, typeErrors } from '../support/packed.ts';

let project: Project;
beforeAll(async () => {
  project = await makeProject();
}, 120_000);
afterAll(() => project?.[Symbol.dispose]());

const modulesOf = ({ packed, home }: Project) =>
  packed.files
    .map(({ path }) => join(home, path))
    .filter((path) => /\.m?js$/.test(path) && !path.includes('/public/'))
    .map((path) => ({ path, text: readFileSync(path, 'utf8') }));

describe('the tarball', () => {
  it('holds compiled modules and declarations, no sources and no tests, and is small', () => {
    const paths = project.packed.files.map(({ path }) => path);
    expect(paths).toContain('NOTICE');
    expect(paths.filter((path) => /\.ts$/.test(path) && !path.endsWith('.d.ts'))).toEqual([]);
    expect(paths.filter((path) => /(^|\/)(tests|bench)\//.test(path))).toEqual([]);
    for (const path of paths.filter((path) => path.endsWith('.d.ts'))) {
      expect(paths).toContain(path.replace(/\.d\.ts$/, '.js'));
    }
    expect(project.packed.size).toBeLessThan(2_500_000);
  });

  it('imports nothing but what it depends on', () => {
    const { dependencies } = project.manifest;
    const imported = modulesOf(project).flatMap(({ text }) =>
      [...text.matchAll(/^(?:import|export)\b[^;]*?from '([^'.][^']*)'/gm)].map(
        ([, name]) => /^(@[^/]+\/)?[^/]+/.exec(name!)![0],
      ),
    );
    const bare = new Set(imported.filter((name) => !/^node:/.test(name)));
    expect(bare.size).toBeGreaterThan(10);
    expect(
      [...bare].filter((name) => !(name in dependencies) && !builtinModules.includes(name)),
    ).toEqual([]);
  });

  it('has every file that a module names by its address', () => {
    const named = modulesOf(project).flatMap(({ path, text }) =>
      [...text.matchAll(/new URL\('(\.[^']*)', import\.meta\.url\)/g)].map(([, name]) =>
        join(path, '..', name!.replace(/\.ts$/, '.js')),
      ),
    );
    expect(named.length).toBeGreaterThan(7);
    // The command line looks for the TypeScript of a checkout before it takes what is compiled.
    const checkout = join(project.home, 'bin', 'millrace.js');
    expect(named.filter((path) => !existsSync(path))).toEqual([checkout]);
  });
});

describe('a project that installs it', () => {
  it('imports what is exported, with types that a strict compiler accepts', async () => {
    const file = 'imports.ts';
    writeFileSync(
      join(project.dir, file),
      `import { requestOf, type Request } from 'millrace/client';
import { defineTopic, type EventOf, MemoryRuntime, record } from 'millrace/engine';
import { type LearningPolicy, policies } from 'millrace/policies';
import { type Click, clicks, topics } from 'millrace/topics';

const own = defineTopic({
  name: 'own',
  doc: 'Mine.',
  schema: record('Own', 'Mine.', [{ name: 'id', type: 'string' }]),
  key: 'id',
  keyOf: ({ id }) => id,
  timeOf: () => 0,
});
const event: EventOf<typeof own> = { id: 'a' };
const of = (click: Click): string => click.itemId;
const policy: LearningPolicy = policies.get('millrace')!.source!.create();
const request: Request = requestOf({ requestId: 'r', userId: 'u', at: 1, k: 5 });
console.log(JSON.stringify({
  own: own.keyOf(event), topics: topics.length, clicks: clicks.name, policy: policy.name,
  k: request.k, runtime: typeof MemoryRuntime, of: typeof of,
}));
`,
    );
    expect(await typeErrors(project.dir, [file])).toBe('');
  }, 60_000);
});
