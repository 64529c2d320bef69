// The way in for npm's scripts: sets up what is missing, then runs the wanted thing on a fit Node.
// Plain JavaScript without packages, for it must run on Node 18 before anything is installed.

import { resolve } from 'node:path';
import { ensureBrowser } from './browser.mjs';
import { runChecks } from './check.mjs';
import { passThrough } from './child.mjs';
import { fitNode } from './node.mjs';
import { ensurePackages } from './packages.mjs';
import { ROOT, SetupError } from './say.mjs';

const USAGE = 'usage: node infra/setup/run.mjs start <file.ts> [args…] | test [jest args…] | check';

// Both are Node's own remarks on features and libraries we chose knowingly.
const QUIET = '--disable-warning=ExperimentalWarning --disable-warning=TimeoutNegativeWarning';

async function main([task, ...args]) {
  if (!['start', 'test', 'check'].includes(task) || (task === 'start' && !args.length)) {
    throw new SetupError(USAGE);
  }
  await ensurePackages();
  const node = await fitNode();
  if (task === 'check') return runChecks(node);
  if (task === 'start') {
    const [program, ...rest] = args;
    // Paths among the arguments are relative to where the caller stands.
    const env = { NODE_OPTIONS: options() };
    return passThrough(node, [resolve(ROOT, program), ...rest], env, process.cwd());
  }
  const paths = args.filter((arg) => !arg.startsWith('-'));
  // A run of named tests sets up only what it may need.
  if (paths.length === 0) {
    const code = await passThrough(node, ['infra/embedded/setup.ts'], { NODE_OPTIONS: options() });
    if (code !== 0) return code;
  }
  if (paths.length === 0 || paths.some((path) => /integration|page|dashboard/.test(path))) {
    await ensureBrowser();
  }
  const jest = ['node_modules/jest/bin/jest.js', ...args];
  return passThrough(node, jest, { NODE_OPTIONS: options('--experimental-vm-modules') });
}

function options(more = '') {
  return [process.env.NODE_OPTIONS, QUIET, more].filter(Boolean).join(' ');
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
