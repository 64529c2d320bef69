// `npm run check`: types, format and lint, import rules, dead code, generated docs in step, sizes of files,
// and powers raised in one way.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { passThrough } from './child.mjs';
import { ROOMS } from './rooms.mjs';
import { ROOT, say } from './say.mjs';
import { sizeFaults } from './sizes.mjs';

const rooms = ROOMS.filter((room) => existsSync(join(ROOT, room)));
const bin = (path) => join('node_modules', path);

const CHECKS = [
  { name: 'types', args: [bin('@typescript/native/bin/tsc'), '-p', '.'] },
  { name: 'format and lint', args: [bin('@biomejs/biome/bin/biome'), 'ci', '.'] },
  {
    name: 'import rules',
    args: [
      bin('dependency-cruiser/bin/dependency-cruiser.mjs'),
      ...rooms,
      '--config',
      '.dependency-cruiser.cjs',
    ],
  },
  { name: 'dead code', args: [bin('knip/bin/knip.js')] },
  { name: 'generated docs', args: ['bin/docs.ts', '--check'], when: 'bin/docs.ts' },
];

/** Runs every check even when one fails; resolves with 1 when any did. */
export async function runChecks(node) {
  const failed = [];
  for (const { name, args, when } of CHECKS) {
    if (when && !existsSync(join(ROOT, when))) continue;
    if ((await passThrough(node, args)) !== 0) failed.push(name);
    say(`${name}: ${failed.includes(name) ? 'FAILED' : 'ok'}`);
  }
  // It needs a package, which may not be there yet when this file is read.
  const { powerFaults } = await import('./powers.mjs');
  const own = { sizes: sizeFaults(ROOT, rooms), powers: powerFaults(ROOT) };
  for (const [name, faults] of Object.entries(own)) {
    for (const fault of faults) say(fault);
    if (faults.length) failed.push(name);
    say(`${name}: ${faults.length ? 'FAILED' : 'ok'}`);
  }
  if (failed.length) say(`failed: ${failed.join(', ')}`);
  return failed.length ? 1 : 0;
}
