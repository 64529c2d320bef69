// A member that ends without a word whenever it has got partitions: after five times it says so, and takes
// none any more, though whoever supervises it begins it again and again.
import { existsSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Worker } from './supervisor.ts';

/** Ends after which a member counts as one in a loop (app/restart-guard.ts). */
const mostEnds = 5;

/** Each time it joins, the group waits for the session of the one before it; a broker may be away, ms. */
const withinMs = 150_000;

/** Times that it must have been refused before it is believed that it does not join again. */
const refusals = 3;

/** @returns what happened, for people @throws if it goes on taking partitions */
export async function crashLoop(worker: Worker): Promise<string> {
  worker.start();
  const log = () => (existsSync(worker.logFile) ? readFileSync(worker.logFile, 'utf8') : '');
  const until = performance.now() + withinMs;
  while (count(log(), refusal) < refusals && performance.now() < until) await sleep(100);
  await worker.leave();
  const [before, ...after] = log().split(refusal);
  const begun = count(before!, begins);
  if (begun < mostEnds || after.length < refusals || after.some((text) => begins.test(text))) {
    throw new Error(`${begun} starts, then ${after.length} refusals: see ${worker.logFile}.`);
  }
  return `a worker ended ${begun} times, and took no partitions when it was begun again`;
}

const begins = /the worker begins/;
const refusal = /"code":"restart-loop"/;
const count = (text: string, what: RegExp) => text.split(what).length - 1;
