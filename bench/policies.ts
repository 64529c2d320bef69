// `npm run bench:policies`: every kind of policy in the streams, each alone in the same seeded worlds. What
// it earns beside uniform, popularity and the default; whether logged propensities are those it was drawn
// with; whether the log gives its parameters again, byte by byte. Heads see vectors of a made language
// model (models/world/vectors.ts), and so does everybody.
import { availableParallelism } from 'node:os';
import { Command } from 'commander';
import { z } from 'zod';
import { Thread } from '../infra/threads.ts';
import { learningPolicies } from '../models/policies.ts';
import type { StreamLife } from './policies/life.ts';
import { better, DEFAULT, noBetterThanUniform, rowsOf, tableOf } from './policies/rows.ts';
import type { Lived } from './policies/thread.ts';
import { say } from './support/broker.ts';
import { readOptions, wholeNumber } from './support/options.ts';

const given = readOptions(
  new Command('bench:policies')
    .description('Every kind of policy in the streams, in seeded worlds.')
    .option('--seeds <n>', 'worlds', '5')
    .option('--first <seed>', 'of the first world', '1')
    .option('--kinds <names>', 'of policies that learn', [...learningPolicies.keys()].join(','))
    .option('--requests <n>', 'of a life', '1600')
    .option('--users <n>', 'of a world', '40')
    .option('--items <n>', 'of a world; 64 at least, for fewer vectors make no space', '100')
    .option('--candidates <n>', 'that a request names; 0: it names none, they are retrieved', '20')
    .option('--k <n>', 'items a slate', '5')
    .option('--threads <n>', 'lives at once', `${Math.min(8, availableParallelism())}`)
    .option('--json', 'one line on stdout'),
  z.object({
    seeds: wholeNumber.min(2),
    first: wholeNumber,
    kinds: z
      .string()
      .transform((names) => names.split(','))
      .pipe(
        z.array(
          z.string().refine((name) => learningPolicies.has(name), 'not a policy that learns'),
        ),
      ),
    requests: wholeNumber,
    users: wholeNumber,
    items: wholeNumber.min(64),
    candidates: z.coerce.number().int().min(0),
    k: wholeNumber,
    threads: wholeNumber,
    json: z.boolean().default(false),
  }),
);

const { requests, users, items, candidates, k } = given;
const names = [...new Set(['uniform', 'popularity', DEFAULT, ...given.kinds])];
const seeds = Array.from({ length: given.seeds }, (_, i) => given.first + i);
const begun = performance.now();

await using stack = new AsyncDisposableStack();
const jobs = names.flatMap((policy) =>
  seeds.map(
    (seed): Lived => ({ policy, options: { seed, requests, users, items, candidates, k } }),
  ),
);
const lived = new Map<Lived, StreamLife>();
const waiting = [...jobs];
await Promise.all(
  Array.from({ length: Math.min(given.threads, jobs.length) }, async () => {
    const thread = stack.use(new Thread(new URL('./policies/thread.ts', import.meta.url), null));
    for (let job = waiting.shift(); job; job = waiting.shift()) {
      lived.set(job, await Promise.race([thread.ask<StreamLife>('life', job), thread.failed]));
      const { policy, options } = job;
      const { reward } = lived.get(job)!;
      say(
        `${lived.size} of ${jobs.length}: ${policy}, world ${options.seed}: ${reward.toFixed(3)}`,
      );
    }
  }),
);

const lives = new Map(
  names.map((name) => [
    name,
    jobs.filter(({ policy }) => policy === name).map((job) => lived.get(job)!),
  ]),
);
const rows = rowsOf(lives, given.kinds);
const seconds = (performance.now() - begun) / 1000;
if (given.json) {
  const settings = { seeds: given.seeds, requests, users, items, candidates, k };
  process.stdout.write(`${JSON.stringify({ rows, settings, seconds })}\n`);
} else {
  const winners = better(rows);
  const losers = noBetterThanUniform(rows);
  process.stdout.write(
    [
      `Expected clicks a slate of ${k} of ${candidates || 'what was retrieved'}, in the second half of ${requests} requests, mean of ${given.seeds} worlds of ${users} users and ${items} items; ${seconds.toFixed(0)} s.`,
      '',
      tableOf(rows),
      '',
      winners.length > 0
        ? `Better than ${DEFAULT} by more than two standard errors: ${winners.join(', ')}.`
        : `None is better than ${DEFAULT} by more than two standard errors.`,
      losers.length > 0
        ? `No better than uniform: ${losers.join(', ')}.`
        : 'Each is better than uniform.',
      '',
    ].join('\n'),
  );
}
if (rows.some(({ rebuilt, propensityErrors }) => !rebuilt || propensityErrors > 0)) {
  process.exitCode = 1;
}
