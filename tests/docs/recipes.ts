// docs/how-to-add.md as a program reads it: the recipes, and their changes applied to a copy of the repository.
import { execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const root = join(import.meta.dirname, '../..');

interface Change {
  readonly path: string;
  /** Whole text of a new file; absent: `hunks` of one that is there. */
  readonly text?: string;
  readonly hunks: readonly string[][];
}

export interface Recipe {
  /** As in the table of the page. */
  readonly name: string;
  readonly changes: readonly Change[];
}

const page = readFileSync(join(root, 'docs/how-to-add.md'), 'utf8');

/** A block with the path that stands in backticks alone on the line before it. */
const block = /^`([^`\n]+)`\n\n```(\w+)\n([\s\S]*?)^```$/gm;

export const recipes: readonly Recipe[] = page
  .split(/^## /m)
  .slice(1)
  .map((section) => {
    const changes = [...section.matchAll(block)].map(([, path, kind, text]): Change => {
      if (kind !== 'diff') return { path: path!, text: text!, hunks: [] };
      const hunks = text!.split(/^@@\n/m).map((hunk) => hunk.replace(/\n$/, '').split('\n'));
      return { path: path!, hunks };
    });
    return { name: section.slice(0, section.indexOf('\n')).toLowerCase(), changes };
  });

/** Files that each recipe touches, by the page's own table. */
export const stated: ReadonlyMap<string, number> = new Map(
  [...page.matchAll(/^\| \[(.+)\]\(#.+\) \| (\d+) \| .+ \|$/gm)].map(([, name, files]) => [
    name!,
    Number(files),
  ]),
);

/** A copy of what git knows or would take, gone with the scope. */
export function copyOfTree(): Disposable & { readonly path: string } {
  const path = mkdtempSync(join(tmpdir(), 'millrace-recipe-'));
  const files = execFileSync('git', ['ls-files', '-co', '--exclude-standard'], { cwd: root })
    .toString()
    .trim()
    .split('\n');
  for (const file of files) {
    // A file may be deleted and not committed yet.
    if (existsSync(join(root, file))) cpSync(join(root, file), join(path, file));
  }
  symlinkSync(realpathSync(join(root, 'node_modules')), join(path, 'node_modules'));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}

/** @throws Error where the page does not fit the repository any more */
export function apply({ changes }: Recipe, tree: string): void {
  for (const { path, text, hunks } of changes) {
    const file = join(tree, path);
    if (text !== undefined) {
      if (existsSync(file)) throw new Error(`${path} is there already.`);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, text);
      continue;
    }
    let lines = readFileSync(file, 'utf8').split('\n');
    for (const hunk of hunks) lines = changed(lines, hunk, path);
    writeFileSync(file, lines.join('\n'));
  }
}

/** Lines with one hunk of a diff applied, whose old lines must stand there once. */
function changed(lines: readonly string[], hunk: readonly string[], path: string): string[] {
  const side = (leave: string) =>
    hunk.filter((line) => !line.startsWith(leave)).map((line) => line.slice(1));
  const [before, after] = [side('+'), side('-')];
  const at = [...lines.keys()].filter((from) =>
    before.every((line, i) => lines[from + i] === line),
  );
  if (at.length !== 1)
    throw new Error(`${path} has ${at.length} places for:\n${before.join('\n')}`);
  return [...lines.slice(0, at[0]), ...after, ...lines.slice(at[0]! + before.length)];
}
