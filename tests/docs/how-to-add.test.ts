// docs/how-to-add.md, followed: each recipe is applied to a copy of the repository, and does there what
// the page says.
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { apply, copyOfTree, recipes, stated } from './recipes.ts';

const run = promisify(execFile);

/** Runs a program in a copy of the repository; rejects with what it said where it fails. */
async function within(tree: string, ...args: string[]): Promise<string> {
  const env = { ...process.env, NODE_OPTIONS: '', NO_COLOR: '1', FORCE_COLOR: '0' };
  const options = { cwd: tree, env, maxBuffer: 1 << 24 };
  try {
    return (await run(process.execPath, ['--no-warnings', ...args], options)).stdout;
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string };
    throw new Error(`${args.join(' ')}\n${stdout}${stderr}`);
  }
}

const promiseOf = (name: string) =>
  `tests/docs/how-to-add/${name.split(' ').slice(1, 3).join('-')}.ts`;

describe('docs/how-to-add.md', () => {
  it('has a recipe for each line of its table, and counts its files', () => {
    const touched = recipes.map(({ name, changes }) => [
      name,
      new Set(changes.map(({ path }) => path)).size,
    ]);
    expect(touched).toEqual([...stated]);
    expect(recipes.length).toBeGreaterThan(3);
  });

  describe('with every recipe applied', () => {
    let tree: ReturnType<typeof copyOfTree>;
    beforeAll(async () => {
      tree = copyOfTree();
      for (const recipe of recipes) apply(recipe, tree.path);
      await within(tree.path, 'bin/docs.ts');
    }, 60_000);
    afterAll(() => tree[Symbol.dispose]());

    it('compiles, and is in style', async () => {
      const files = recipes.flatMap(({ changes }) => changes.map(({ path }) => path));
      const code = files.filter((path) => path.endsWith('.ts'));
      await within(tree.path, 'node_modules/@biomejs/biome/bin/biome', 'ci', ...code);
      await within(tree.path, 'node_modules/@typescript/native/bin/tsc', '-p', '.');
    }, 120_000);

    it.each(recipes)(
      '$name: does what is promised',
      async ({ name }) => {
        const promise = promiseOf(name);
        expect(existsSync(join(tree.path, promise))).toBe(true);
        expect(await within(tree.path, promise)).toBe('kept\n');
      },
      60_000,
    );
  });
});
