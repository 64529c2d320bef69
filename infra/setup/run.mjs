// The way in for npm's scripts: sets up what is missing, then runs the wanted thing on a fit Node.
// Plain JavaScript without packages, for it must run on Node 18 before anything is installed.

import { resolve } from 'node:path';
import { ensureBrowser } from './browser.mjs';
import { runChecks } from './check.mjs';
import { passThrough } from './child.mjs';
import { fitNode } from './node.mjs';
import { ensurePackages, npm } from './packages.mjs';
import { ROOT, SetupError } from './say.mjs';
import { nodeOptions, startProgram } from './start.mjs';

const USAGE = 'usage: node infra/setup/run.mjs start <file.ts> [args…] | test [jest args…] | check';

/** An npm that blocks install scripts leaves the package `node` without its binary. */
const repair = () => npm(['rebuild', 'node', '--loglevel=error'], 'Fetching Node').catch(() => {});

async function main([task, ...args]) {
  if (!['start', 'test', 'check'].includes(task) || (task === 'start' && !args.length)) {
    throw new SetupError(USAGE);
  }
  await ensurePackages();
  if (task === 'start') {
    const [program, ...rest] = args;
    return startProgram(resolve(ROOT, program), rest, repair);
  }
  const node = await fitNode(repair);
  if (task === 'check') return runChecks(node);
  const paths = args.filter((arg) => !arg.startsWith('-'));
  // A run of named tests sets up only what it may need.
  if (paths.length === 0) {
    const code = await passThrough(node, ['app/setup.ts'], {
      NODE_OPTIONS: nodeOptions(),
    });
    if (code !== 0) return code;
  }
  if (paths.length === 0 || paths.some((path) => /integration|page|dashboard/.test(path))) {
    await ensureBrowser();
  }
  const jest = ['node_modules/jest/bin/jest.js', ...args];
  return passThrough(node, jest, { NODE_OPTIONS: nodeOptions('--experimental-vm-modules') });
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
