// Pages lead somewhere: every relative link, and every path of the repository that a page names, is there.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { recipes } from './recipes.ts';

const root = join(import.meta.dirname, '../..');
const { PRODUCT: rooms } = (await import(
  new URL('../../infra/setup/rooms.mjs', import.meta.url).href
)) as { PRODUCT: string[] };
const pages = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '*.md'], { cwd: root })
  .toString()
  .trim()
  .split('\n')
  .filter((page) => page !== 'CHANGELOG.md' && existsSync(join(root, page)));
const textOf = (page: string) => readFileSync(join(root, page), 'utf8');

/** Paths from the root, as the page links to them. */
function linked(page: string): string[] {
  const targets = [...textOf(page).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target]) => target!);
  return targets
    .filter((target) => !/^(https?:|mailto:|#)/.test(target))
    .map((target) => normalize(join(dirname(page), target.replace(/#.*$/, ''))));
}

/** Files and folders of the rooms that stand in backticks; those with a placeholder or a pattern are none. */
function named(page: string): string[] {
  const start = `(?:${[...rooms, 'tests', 'bench', 'examples', 'docs', 'data'].join('|')})/`;
  const paths = [...textOf(page).matchAll(new RegExp(`\`(${start}[^\`\\s]*)\``, 'g'))];
  return paths.map(([, path]) => path!).filter((path) => !/[<>*{}…]/.test(path));
}

describe('the pages', () => {
  it('name only what is there', () => {
    const all = pages.flatMap((page) =>
      [...linked(page), ...named(page)].map((path) => ({ page, path })),
    );
    expect(pages.length).toBeGreaterThan(80);
    expect(all.length).toBeGreaterThan(300);
    const made = new Set(recipes.flatMap(({ changes }) => changes.map(({ path }) => path)));
    const gone = all.filter(({ path }) => !existsSync(join(root, path)) && !made.has(path));
    expect(gone).toEqual([]);
  });
});

describe('the rooms', () => {
  it.each([...rooms, 'streams/engine', 'tests', 'bench', 'examples'])(
    '%s has a README, which the architecture or a README links to',
    (room) => {
      expect(pages).toContain(`${room}/README.md`);
      const links = ['docs/architecture.md', 'README.md', 'streams/README.md'].flatMap(linked);
      expect(links).toContain(room);
    },
  );
});

describe('docs/architecture.md', () => {
  it('has the import rules as they are enforced', () => {
    const { forbidden } = createRequire(import.meta.url)('../../.dependency-cruiser.cjs') as {
      forbidden: { name: string; comment: string }[];
    };
    const enforced = forbidden.flatMap(({ name, comment }) => {
      const room = /^(\w+)-imports$/.exec(name)?.[1];
      return room ? [`${room}: ${comment.slice(`${room} imports `.length)}`] : [];
    });
    const rows = [...textOf('docs/architecture.md').matchAll(/^\| \[`(\w+)\/`\]\(.*\| (.*) \|$/gm)];
    const said = rows.map(([, room, imports]) =>
      `${room}: ${imports!.replaceAll('`', '')}`.replace(': nothing', ': no other room'),
    );
    expect(rows).toHaveLength(rooms.length);
    expect(said.sort()).toEqual(enforced.sort());
  });

  it('leads through every room on the way of an event', () => {
    const way = textOf('docs/architecture.md').split('## The way of an event')[1]!;
    for (const room of ['schemas', 'models', 'streams', 'infra', 'app']) {
      expect(way).toContain(`(../${room}/`);
    }
  });
});
