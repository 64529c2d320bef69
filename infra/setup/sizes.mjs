// The sizes of files: none above 300 lines, half of them below 100. A file that grows beyond has more than one idea.
import { readdirSync, readFileSync } from 'node:fs';
import { extname, join, relative, sep } from 'node:path';

const MOST = 300;
const MEDIAN_BELOW = 100;
const KINDS = new Set(['.ts', '.mjs', '.cjs', '.js', '.sql', '.css']);

/** Not ours: programs of other makers that are measured beside, and what set-up fetches for the page. */
const foreign = (path) => /^(bench\/peers|infra\/http\/public\/vendor)\//.test(path);

/** Source files below the folders of a root, by path from the root with `/`. */
export function sourceFiles(root, folders) {
  return folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && KINDS.has(extname(entry.name)))
      .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join('/'))
      .filter((path) => !foreign(path) && !path.includes('node_modules/')),
  );
}

/** What is wrong with the sizes, in a line each; empty where nothing is. */
export function sizeFaults(root, folders) {
  const sizes = sourceFiles(root, folders)
    .map((path) => ({ path, lines: linesOf(readFileSync(join(root, path), 'utf8')) }))
    .sort((a, b) => a.lines - b.lines);
  const faults = sizes
    .filter(({ lines }) => lines > MOST)
    .map(({ path, lines }) => `${path} has ${lines} lines: split it, ${MOST} are the most.`);
  const median = sizes[Math.floor(sizes.length / 2)]?.lines ?? 0;
  if (median >= MEDIAN_BELOW)
    faults.push(`The median file has ${median} lines: it is to stay below ${MEDIAN_BELOW}.`);
  return faults;
}

function linesOf(text) {
  const lines = text.split('\n').length;
  return text.endsWith('\n') ? lines - 1 : lines;
}
