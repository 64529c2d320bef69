// Runs the wanted program as if it had been called itself: its streams, its signals, its exit code.
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { ROOT, SetupError } from './say.mjs';

const FOLLOW = new URL('./follow.mjs', import.meta.url).href;
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/** Signals this close together are one: the terminal sends it to all of us, and npm passes it on again. */
const ECHO_MS = 300;

/** How often we look whether our parent is still there. */
const PARENT_EVERY_MS = 500;

/** Time that what a program has left behind has to end, before it is killed. */
const GRACE_MS = 10_000;

/** Resolves with the exit code; 128 + n when signal n ended the program. */
export function passThrough(node, args, env = {}, cwd = ROOT) {
  return new Promise((resolve, reject) => {
    const child = spawn(node, ['--import', FOLLOW, ...args], {
      cwd,
      env: { ...process.env, ...env, MILLRACE_FOLLOW: '3' },
      // The pipe's end tells the program that we are gone, even when nobody could say so.
      stdio: ['inherit', 'inherit', 'inherit', 'pipe'],
      // Out of the terminal's process group, so that a signal comes from us alone, and once.
      detached: true,
    });
    const last = new Map();
    const forward = (signal) => {
      const now = Date.now();
      if (now - (last.get(signal) ?? Number.NEGATIVE_INFINITY) > ECHO_MS) child.kill(signal);
      last.set(signal, now);
    };
    for (const signal of SIGNALS) process.on(signal, forward);
    // A shell between npm and us ends with the signal and passes nothing on.
    const parent = process.ppid;
    const watch = setInterval(() => {
      if (process.ppid !== parent) forward('SIGTERM');
    }, PARENT_EVERY_MS);
    watch.unref();
    const done = () => {
      clearInterval(watch);
      for (const signal of SIGNALS) process.removeListener(signal, forward);
    };
    child.once('error', (error) => {
      done();
      reject(new SetupError(`${node} could not be started: ${error.message}`));
    });
    child.once('exit', async (code, signal) => {
      done();
      child.stdio[3].destroy();
      await endGroup(child.pid);
      resolve(code ?? 128 + (constants.signals[signal] ?? 0));
    });
  });
}

/** Ends what a program began and left behind: the rest of its process group. */
async function endGroup(leader) {
  if (process.platform === 'win32') return;
  const end = performance.now() + GRACE_MS;
  for (let sent = false; signalGroup(leader, sent ? 0 : 'SIGTERM'); sent = true) {
    if (performance.now() > end) return signalGroup(leader, 'SIGKILL');
    await sleep(100);
  }
}

/** @returns false if nothing of the group is left */
function signalGroup(leader, signal) {
  try {
    return process.kill(-leader, signal);
  } catch {
    return false;
  }
}
