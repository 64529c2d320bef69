// Finds a Node that runs TypeScript files as they are: this one, or the one among the packages.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { npm } from './packages.mjs';
import { ROOT, SetupError } from './say.mjs';

const PACKAGED = join(ROOT, 'node_modules', '.bin', 'node');

/** 22.22 of the long-term line 22, or 24 and later. */
export function isFit(version) {
  const [major = 0, minor = 0] = version.replace(/^v/, '').split('.').map(Number);
  return major >= 24 || (major === 22 && minor >= 22);
}

/** Path of the executable. */
export async function fitNode() {
  if (isFit(process.version)) return process.execPath;
  if (packagedIsFit()) return PACKAGED;
  // An npm that blocks install scripts leaves the package without its binary.
  await npm(['rebuild', 'node', '--loglevel=error'], 'Fetching Node').catch(() => {});
  if (packagedIsFit()) return PACKAGED;
  throw new SetupError(
    [
      `This Node is ${process.version}, and Millrace needs 22.22 or later.`,
      '  The npm package `node` should have brought one, but its install script did not run.',
      '  Install Node 24, or run `npm install-scripts approve node && npm rebuild node`.',
    ].join('\n'),
  );
}

function packagedIsFit() {
  if (!existsSync(PACKAGED)) return false;
  const asked = spawnSync(PACKAGED, ['--version'], { encoding: 'utf8' });
  return asked.status === 0 && isFit(asked.stdout.trim());
}
