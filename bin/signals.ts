// Ctrl-C and SIGTERM drain and end; a second one ends at once.

/** Aborts at the first SIGINT or SIGTERM. */
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
