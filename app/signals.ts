// Ctrl-C and SIGTERM drain and end; a second one ends at once.
import { setTimeout as sleep } from 'node:timers/promises';

/** A signal that aborts at the first SIGINT or SIGTERM. */
export function untilSignal(): AbortSignal {
  const controller = new AbortController();
  const stop = (signal: NodeJS.Signals) => {
    if (controller.signal.aborted) process.exit(130);
    process.stderr.write(`\n${signal}: finishing what is under way (again: at once)\n`);
    process.exitCode = signal === 'SIGINT' ? 130 : 143;
    controller.abort();
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  return controller.signal;
}

/** Resolves once the signal has aborted; keeps the process alive until then. */
export async function aborted(signal: AbortSignal): Promise<void> {
  while (!signal.aborted) await sleep(1_000, undefined, { signal }).catch(() => {});
}

/** Longest time the parts may take to end, ms. */
const stopMs = 20_000;

/** Begins the time in which the parts must end. Dispose of it before everything else. */
export function boundedStop(say: (line: string) => void): Disposable {
  return {
    [Symbol.dispose]() {
      const timer = setTimeout(() => {
        say('Some part does not end; leaving it. What was not committed is read again next time.');
        process.exit(process.exitCode ?? 1);
      }, stopMs);
      timer.unref();
    },
  };
}
