// `bench/experiments.ts`: how often an experiment that is looked at after every slate is wrong where
// there is nothing to find, and how soon it finds what there is.
import { Command } from 'commander';
import { z } from 'zod';
import { runTrial, type Verdicts } from './experiments/simulate.ts';
import { readOptions, wholeNumber } from './support/options.ts';

const given = readOptions(
  new Command('bench:experiments')
    .description('False alarms and power of experiments looked at after every slate.')
    .option('--runs <n>', 'seeded runs of each kind', '2000')
    .option('--slates <n>', 'of each run', '4000')
    .option('--people <n>', 'who are served', '1500')
    .option('--seed <n>', 'of the first run', '1')
    .option('--json', 'rows as JSON'),
  z.object({
    runs: wholeNumber,
    slates: wholeNumber,
    people: wholeNumber,
    seed: wholeNumber,
    json: z.boolean().default(false),
  }),
);

const { runs, slates, people } = given;
const rows = [0, 0.02, 0.04, 0.06].map((effect) => {
  const all = Array.from({ length: runs }, (_, i) =>
    runTrial({ seed: given.seed + i, slates, people, effect }),
  );
  const share = (of: (one: Verdicts) => boolean) => all.filter(of).length / runs;
  const stops = all.map(({ sequence }) => sequence ?? slates).sort((a, b) => a - b);
  return {
    effect,
    sequence: share(({ sequence }) => sequence !== null),
    plain: share(({ plain }) => plain !== null),
    fixed: share(({ fixed }) => fixed),
    fixedAdjusted: share(({ fixedAdjusted }) => fixedAdjusted),
    peeked: share(({ peeked }) => peeked !== null),
    ratio: share(({ ratio }) => ratio),
    medianStop: stops[Math.floor(runs / 2)]!,
    explained: all.reduce((sum, one) => sum + one.explained, 0) / runs,
  };
});

process.stdout.write(given.json ? `${JSON.stringify(rows)}\n` : table());

function table(): string {
  const names = Object.keys(rows[0]!);
  const percent = (value: number) => `${(100 * value).toFixed(2)} %`;
  const cells = (row: (typeof rows)[number]) =>
    Object.entries(row).map(([name, value]) =>
      name === 'effect' || name === 'medianStop' ? `${value}` : percent(value),
    );
  return [names, names.map(() => '---'), ...rows.map(cells)]
    .map((line) => `| ${line.join(' | ')} |\n`)
    .join('');
}
