// Words for people go to stderr; stdout belongs to `--json`.
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** A failure of the set-up that its message explains; no stack is shown. */
export class SetupError extends Error {}

export function say(line) {
  process.stderr.write(`millrace: ${line}\n`);
}

/** Says every ten seconds that the work goes on; returns how to stop. */
export function heartbeat(what) {
  const begun = Date.now();
  const beat = setInterval(() => {
    say(`${what}: ${Math.round((Date.now() - begun) / 1000)} s`);
  }, 10_000);
  return () => clearInterval(beat);
}
