// Finds a Node that runs TypeScript files as they are: this one, or the one among the packages.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { SetupError } from './say.mjs';

/** A checkout has the command line as TypeScript; the package has it compiled. */
const isCheckout = existsSync(new URL('../../bin/millrace.ts', import.meta.url));

/**
 * The package runs on 22.22 of the long-term line 22, or 24 and later. A checkout needs 24: 22 strips types,
 * but does not know `using`.
 */
export function isFit(version, asCheckout = isCheckout) {
  const [major = 0, minor = 0] = version.replace(/^v/, '').split('.').map(Number);
  return major >= 24 || (!asCheckout && major === 22 && minor >= 22);
}

/**
 * Path of the executable.
 * @param repair brings the binary of the package `node`, should it be missing. @default nothing
 */
export async function fitNode(repair = async () => {}) {
  if (isFit(process.version)) return process.execPath;
  if (packagedIsFit()) return packaged();
  await repair();
  if (packagedIsFit()) return packaged();
  throw new SetupError(
    [
      `This Node is ${process.version}, and Millrace needs ${isCheckout ? 24 : 22.22} or later.`,
      '  The npm package `node` should have brought one, but its install script did not run.',
      '  Install Node 24, or run `npm install-scripts approve node && npm rebuild node`.',
    ].join('\n'),
  );
}

/** Where the package `node` has its binary; undefined: there is no such package. */
function packaged() {
  try {
    const manifest = createRequire(import.meta.url).resolve('node/package.json');
    return join(dirname(manifest), 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
  } catch {
    return undefined;
  }
}

function packagedIsFit() {
  const path = packaged();
  if (!path) return false;
  const asked = spawnSync(path, ['--version'], { encoding: 'utf8' });
  return asked.status === 0 && isFit(asked.stdout.trim());
}
