// `npm run bench:datasets`: logs in their official files, read whole as a replay reads them: what was in them, what
// could not be used and why, rows a second, peak memory. Each is read in a process of its own.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { z } from 'zod';
import { untilSignal } from '../app/signals.ts';
import { datasets } from '../datasets/index.ts';
import { makeMind, whole } from './datasets/made-mind.ts';
import type { Asked, ReadLog } from './datasets/read.ts';
import { markdownOf } from './datasets/table.ts';
import { say } from './support/broker.ts';
import { startChild } from './support/child.ts';
import { readOptions, wholeNumber } from './support/options.ts';

const names = Object.keys(datasets);
const program = new Command('bench:datasets')
  .description('Reads logs whole: rows, dead letters with reasons, rows a second, peak memory.')
  .argument('[logs...]', 'name:folder, such as movielens:data/movielens-small')
  .option('--made-mind <pages>', `a made log of MIND beside them; the large one has ${whole.pages}`)
  .option('--heap <mb>', 'largest heap of the process that reads')
  .option('--json', 'one line on stdout');
const given = readOptions(
  program,
  z.object({
    madeMind: wholeNumber.optional(),
    heap: wholeNumber.optional(),
    json: z.boolean().default(false),
  }),
);
const signal = untilSignal();
const home = await mkdtemp(join(tmpdir(), 'millrace-datasets-'));
try {
  const logs = program.args.map((pair) => {
    const at = pair.indexOf(':');
    const [name, folder] = [pair.slice(0, at), pair.slice(at + 1)];
    if (names.includes(name) && folder !== '') return { name, folder };
    return program.error(`error: "${pair}" is not name:folder; names are ${names.join(', ')}`);
  });
  if (given.madeMind !== undefined) {
    const folder = join(home, 'made');
    say(`Making ${given.madeMind} pages of MIND`);
    await makeMind(folder, given.madeMind);
    logs.push({ name: 'mind', folder });
  }
  const rows: ReadLog[] = [];
  for (const { name, folder } of logs) {
    say(`Reading ${name}: ${folder}`);
    const told: Asked = { name, folder, scratch: home };
    const flags = given.heap === undefined ? [] : [`--max-old-space-size=${given.heap}`];
    await using child = startChild('../datasets/read.ts', {
      ...{ told, flags, signal },
      onMessage: (message) => rows.push(message as ReadLog),
    });
    await child.ended;
  }
  process.stdout.write(given.json ? `${JSON.stringify(rows)}\n` : `${markdownOf(rows)}\n`);
} finally {
  await rm(home, { recursive: true, force: true });
}
