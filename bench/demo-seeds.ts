// `node bench/demo-seeds.ts`: the demo of several seeds, each from nothing, and in how many of them the
// learning arm earned more than the popular one. Their shares of the users differ, so rewards are
// compared for the same number of requests.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { z } from 'zod';
import type { Summary, VariantSummary } from '../app/demo/summary.ts';
import { readOptions, wholeNumber } from './support/options.ts';

const { seeds, first, arms, simulator, json } = readOptions(
  new Command('demo-seeds')
    .description('In how many seeds the learning policy of the demo beats another arm.')
    .option('--seeds <n>', 'runs', '10')
    .option('--first <seed>', 'of the first run', '1')
    .option('--arms <names>', 'who is to beat whom', 'millrace,popularity')
    .option('--simulator <who>', 'llm or world', 'llm')
    .option('--json', 'a line of JSON a seed'),
  z.object({
    seeds: wholeNumber,
    first: wholeNumber,
    arms: z.string().transform((names) => names.split(',')),
    simulator: z.enum(['llm', 'world']),
    json: z.boolean().default(false),
  }),
);

const program = fileURLToPath(new URL('../bin/millrace.ts', import.meta.url));

async function summaryOf(seed: number): Promise<Summary> {
  const data = mkdtempSync(join(tmpdir(), 'millrace-seed-'));
  try {
    const args = ['--data-dir', data, '--seed', `${seed}`, 'demo', '--exit', '--json'];
    const child = spawn(process.execPath, [program, ...args, '--simulator', simulator], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [out, [code]] = await Promise.all([text(child.stdout), once(child, 'exit')]);
    if (code !== 0) throw new Error(`The demo of seed ${seed} ended with ${code}; see above.`);
    return JSON.parse(out);
  } finally {
    rmSync(data, { recursive: true, force: true });
  }
}

/** Reward of an arm for `requests` requests, at its mean a request. */
const earnedIn = (requests: number, { reward, impressions }: VariantSummary) =>
  (requests * reward) / impressions;

let wins = 0;
for (let seed = first; seed < first + seeds; seed++) {
  const { variants, seconds } = await summaryOf(seed);
  const [own, other] = arms.map((name) => variants.find(({ variant }) => variant === name)!);
  const requests = Math.min(own!.impressions, other!.impressions);
  const earned = [own!, other!].map((arm) => earnedIn(requests, arm));
  const won = earned[0]! > earned[1]!;
  if (won) wins++;
  const row = { seed, won, requests, earned, variants, seconds };
  process.stdout.write(
    json
      ? `${JSON.stringify(row)}\n`
      : `seed ${seed}  ${won ? 'won ' : 'lost'}  in ${requests} requests ${earned.map((value) => value.toFixed(1)).join(' against ')}  (${variants.map(({ variant, impressions, rewardPerSlate, snips }) => `${variant}: ${impressions} slates, ${rewardPerSlate.toFixed(3)} a slate, SNIPS ${snips.value.toFixed(4)}`).join('; ')})\n`,
  );
}
process.stdout.write(`${arms[0]} earned more than ${arms[1]} in ${wins} of ${seeds} seeds\n`);
