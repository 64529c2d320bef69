// `npm run bench:coverage`: on seeded worlds with known truth, how often a 95 % interval of each
// off-policy estimator holds it.
import { Command } from 'commander';
import { z } from 'zod';
import { METHODS, type Row, study } from './coverage/study.ts';
import { readOptions, wholeNumber } from './support/options.ts';

const given = readOptions(
  new Command('bench:coverage')
    .description('How often the intervals of off-policy estimates hold the truth.')
    .option('--worlds <n>', 'seeded worlds', '1000')
    .option('--rounds <n>', 'rounds of each log', '1000')
    .option('--resamples <n>', 'of the bootstrap', '1000')
    .option('--seed <n>', 'of the first world', '10000')
    .option('--json', 'rows as JSON'),
  z.object({
    worlds: wholeNumber,
    rounds: wholeNumber,
    resamples: wholeNumber,
    seed: wholeNumber,
    json: z.boolean().default(false),
  }),
);

const rows = study(given);
process.stdout.write(given.json ? `${JSON.stringify(rows)}\n` : table(rows));

function table(all: readonly Row[]): string {
  const head = ['estimator', 'bias', 'RMSE', ...METHODS];
  const lines = all.map(({ estimator, bias, rmse, intervals }) => [
    estimator,
    bias.toFixed(4),
    rmse.toFixed(4),
    ...METHODS.map((method) => {
      const found = intervals[method];
      return found ? `${(100 * found.coverage).toFixed(1)} % (${found.width.toFixed(3)})` : '–';
    }),
  ]);
  return [head, head.map(() => '---'), ...lines]
    .map((cells) => `| ${cells.join(' | ')} |\n`)
    .join('');
}
