// Runs the wanted program as if it had been called itself: its streams, its signals, its exit code.
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { ROOT, SetupError } from './say.mjs';

const FOLLOW = new URL('./follow.mjs', import.meta.url).href;
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/** Signals this close together are one: the terminal sends it to all of us, and npm passes it on again. */
const ECHO_MS = 300;

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
    const done = () => {
      for (const signal of SIGNALS) process.removeListener(signal, forward);
    };
    child.once('error', (error) => {
      done();
      reject(new SetupError(`${node} could not be started: ${error.message}`));
    });
    child.once('exit', (code, signal) => {
      done();
      child.stdio[3].destroy();
      resolve(code ?? 128 + (constants.signals[signal] ?? 0));
    });
  });
}
