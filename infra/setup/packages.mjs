// Installs the npm packages at the versions of package-lock.json, once for each state of that file.
// `npm install`, not `npm ci`: a registry that lacks other platforms' binaries makes `npm ci` refuse.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { withLock } from './lock.mjs';
import { heartbeat, ROOT, SetupError, say } from './say.mjs';
import { digest, isStamped, stamp } from './stamp.mjs';

const LOCK = join(ROOT, 'package-lock.json');
const STAMP = join(ROOT, 'node_modules', '.millrace-stamp');

const wanted = () => digest([join(ROOT, 'package.json'), LOCK], [process.platform, process.arch]);

export async function ensurePackages() {
  if (isStamped(STAMP, wanted())) return;
  await withLock(join(ROOT, '.millrace', 'setup.lock'), async (share) => {
    if (isStamped(STAMP, wanted())) return; // Another process did it while we waited.
    const how = existsSync(STAMP)
      ? 'Bringing the npm packages up to date'
      : 'Installing npm packages';
    say(`${how} (about 1.6 GB with every native engine; a minute or more)`);
    // Not saved: npm would drop from the lock what the registry in reach lacks, and the lock in the
    // repository is for every platform.
    await npm(['install', '--no-save', '--no-audit', '--no-fund', '--loglevel=error'], how, share);
    stamp(STAMP, wanted());
    say('npm packages are in place');
  });
}

/** Runs npm with its output on stderr. */
export function npm(args, what, share = (_pid) => {}) {
  // Under `npm run`, npm tells where its own script is.
  const script = process.env.npm_execpath;
  const own = script?.endsWith('.js') && existsSync(script);
  const [command, first] = own ? [process.execPath, [script]] : ['npm', []];
  const stop = heartbeat(what);
  return new Promise((resolve, reject) => {
    const child = spawn(command, [...first, ...args], { cwd: ROOT, stdio: ['ignore', 2, 2] });
    if (child.pid) share(child.pid);
    // It must not go on behind our back; the exit code is 128 + 15.
    const end = () => {
      child.kill('SIGTERM');
      child.once('close', () => process.exit(143));
    };
    process.once('SIGINT', end).once('SIGTERM', end);
    child.once('error', (error) => reject(failed(error.message)));
    child.once('close', (code, signal) => {
      process.removeListener('SIGINT', end).removeListener('SIGTERM', end);
      if (code === 0) resolve();
      else reject(failed(`npm ended with ${signal ?? code}, see above`));
    });
  }).finally(stop);
}

function failed(why) {
  return new SetupError(
    `The npm packages could not be installed.\n  ${why}\n  Try \`npm install\` in the project; then start again.`,
  );
}
