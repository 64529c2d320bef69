// `npm run bench:learn`: the default learner beside Vowpal Wabbit's contextual bandit, on the same
// decisions in one run, each on one core. bench/peers/vowpal-wabbit/README.md defines the figures.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command, Option } from 'commander';
import { z } from 'zod';
import { untilSignal } from '../app/signals.ts';
import { MillraceError } from '../schemas/errors.ts';
import type { OursFigures, PeerFigures } from './learn/figures.ts';
import { writeFiles } from './learn/files.ts';
import { type Point, summarise, table } from './learn/report.ts';
import { runOurs, runPeer } from './learn/sides.ts';
import { say } from './support/broker.ts';
import { readOptions, wholeNumber } from './support/options.ts';

const size = z
  .string()
  .regex(/^\d+:\d+$/, 'items:users')
  .transform((text) => {
    const [items, users] = text.split(':').map(Number) as [number, number];
    return { items, users };
  });

const given = readOptions(
  new Command('bench:learn')
    .description('Updates a second and time per decision, beside Vowpal Wabbit.')
    .option(
      '--sizes <items:users,…>',
      'worlds to measure in',
      '1000:10000,10000:10000,100000:10000,1000000:10000,10000:1000,10000:100000',
    )
    .option('--decisions <n>', 'in each world', '4000')
    .option('--rounds <n>', 'processes of each side, in turn', '3')
    .option('--seed <n>', 'of the worlds', '1')
    .option('--python <path>', 'with vowpalwabbit', '.millrace/vowpal-wabbit/bin/python')
    .addOption(new Option('--only <side>', 'measure one side').choices(['ours', 'peer']))
    .option('--cpu-prof <dir>', 'write CPU profiles of our processes there')
    .option('--json', 'one line on stdout'),
  z.object({
    sizes: z.string().transform((list) => z.array(size).nonempty().parse(list.split(','))),
    decisions: wholeNumber,
    rounds: wholeNumber,
    seed: wholeNumber,
    python: z.string(),
    only: z.enum(['ours', 'peer']).optional(),
    cpuProf: z.string().optional(),
    json: z.boolean().default(false),
  }),
);

async function measure(stream: Point['stream'], signal: AbortSignal): Promise<Point> {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-bench-learn-'));
  try {
    const files = writeFiles(folder, stream);
    const ours: OursFigures[] = [];
    const peer: PeerFigures[] = [];
    for (let round = 1; round <= given.rounds; round++) {
      say(`${stream.items} items, ${stream.users} users, round ${round} of ${given.rounds}`);
      if (given.only !== 'peer') {
        ours.push(await runOurs(files, stream, { signal, profile: given.cpuProf }));
      }
      if (given.only !== 'ours') peer.push(await runPeer(files, given.python));
    }
    return { stream, ours, peer };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

try {
  const signal = untilSignal();
  const { decisions, seed } = given;
  const summaries = [];
  for (const { items, users } of given.sizes) {
    const summary = summarise(await measure({ items, users, decisions, seed }, signal));
    summaries.push(summary);
    say(table([summary]));
  }
  process.stdout.write(`${given.json ? JSON.stringify(summaries) : table(summaries)}\n`);
} catch (error) {
  if (!(error instanceof MillraceError)) throw error;
  say(`Error (${error.code}): ${error.message}`);
  process.exitCode = 1;
}
