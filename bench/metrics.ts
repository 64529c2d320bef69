// `npm run bench:metrics`: our metrics, in TypeScript and as views of ClickHouse, beside independent
// libraries on the same inputs, random and hard ones. Ends with 1 where they differ by more than rounding.
// bench/peers/metrics/README.md says what is compared.
import { Command } from 'commander';
import { z } from 'zod';
import { makeCases } from './metrics/cases.ts';
import { compared, tableOf } from './metrics/compare.ts';
import { ourFigures } from './metrics/figures.ts';
import { peerFigures } from './metrics/peer.ts';
import { viewFigures } from './metrics/views.ts';
import { readOptions, wholeNumber } from './support/options.ts';

const given = readOptions(
  new Command('bench:metrics')
    .description('Our metrics beside independent libraries, on random and on hard inputs.')
    .option('--seed <n>', 'of the cases', '1')
    .option('--size <n>', 'items of a stream, and rounds of a log; a multiple of 10', '2000')
    .option(
      '--python <path>',
      'with the peers; made where it is missing',
      '.millrace/metrics/bin/python',
    )
    .option('--json', 'one line on stdout'),
  z.object({
    seed: wholeNumber,
    size: wholeNumber.multipleOf(10),
    python: z.string(),
    json: z.boolean().default(false),
  }),
);

const cases = makeCases(given.seed, given.size);
const { versions, figures } = await peerFigures(cases, given.python);
const sides = { TypeScript: ourFigures(cases), ClickHouse: await viewFigures(cases) };
const rows = Object.entries(sides).flatMap(([side, ours]) => compared(side, ours, figures));
const failed = rows.filter(({ within }) => !within);
process.stdout.write(
  given.json
    ? `${JSON.stringify({ versions, rows, failed: failed.length })}\n`
    : `${tableOf(rows)}\n\n${rows.length} comparisons, ${failed.length} beyond the tolerance.\n`,
);
process.exitCode = failed.length > 0 ? 1 : 0;
