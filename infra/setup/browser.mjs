// Installs Debian's Chromium for the tests of the page, where that is possible at all.
import { spawn, spawnSync } from 'node:child_process';
import { heartbeat, say } from './say.mjs';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

const runs = (command, ...args) => spawnSync(command, args, { stdio: 'ignore' }).status === 0;

export function hasBrowser() {
  return NAMES.some((name) => runs('sh', '-c', `command -v ${name}`));
}

/** Never a failure: without a browser the page's tests are skipped, with this word. */
export async function ensureBrowser() {
  if (hasBrowser()) return;
  const able = process.platform === 'linux' && process.getuid?.() === 0 && runs('apt-get', '-v');
  if (able) {
    say('Installing Chromium for the tests of the page (apt-get install chromium)');
    const stop = heartbeat('Installing Chromium');
    await apt('update');
    await apt('install', '--yes', '--no-install-recommends', 'chromium');
    stop();
    if (hasBrowser()) return;
  }
  say(
    `no Chromium here${able ? ', and apt-get could not install it' : ''}: page tests are skipped`,
  );
}

function apt(...args) {
  const bounded = ['-qq', '-o', 'Acquire::Retries=1', '-o', 'Acquire::http::Timeout=20'];
  return new Promise((resolve) => {
    const child = spawn('apt-get', [...bounded, ...args], {
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
      stdio: 'ignore',
      timeout: 300_000,
    });
    child.once('error', resolve);
    child.once('close', resolve);
  });
}
