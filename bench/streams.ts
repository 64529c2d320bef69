// `npm run bench:streams`: Millrace beside Kafka Streams, the same job on the same broker and the very
// same input topics, in one run. bench/peers/kafka-streams/README.md defines the job and the figures.
import { Command, Option } from 'commander';
import { z } from 'zod';
import { defaultImpressions, expected, generate } from './attribute/data.ts';
import { checkOutput } from './comparison/check.ts';
import type { Figures } from './comparison/figures.ts';
import { oursOutput, runOurs } from './comparison/ours.ts';
import { buildPeer, peerOutput, runPeer } from './comparison/peer.ts';
import {
  bestOf,
  isRight,
  type Round,
  type Row,
  ratioOf,
  summarise,
  table,
} from './comparison/report.ts';
import { type BenchBroker, onBroker, say } from './support/broker.ts';
import { readOptions, wholeNumber } from './support/options.ts';
import { dropTopics, fillInputs } from './support/topics.ts';

const program = new Command('bench:streams')
  .description(
    'Millrace beside Kafka Streams: events/s, CPU, memory, and whether the outputs equal.',
  )
  .option(
    '--events <n>',
    'impressions in the input; clicks come on top',
    String(defaultImpressions),
  )
  .option('--rounds <n>', 'processes of each side, in turn', '3')
  .addOption(new Option('--only <side>', 'measure one side').choices(['ours', 'peer']))
  .option(
    '--intervals <ms,…>',
    'commit intervals of both sides; the first is what counts',
    '100,300,1000',
  )
  .option('--threads <n>', 'of each side, each with tasks of its own', '2')
  .addOption(
    new Option('--peer-store <kind>', 'its state store')
      .choices(['memory', 'rocksdb'])
      .default('memory'),
  )
  .option('--peer-cached <stores>', 'its stores behind the record cache: users,open', '')
  .option('--cpu-prof <dir>', 'write CPU profiles of our processes there')
  .option('--json', 'one line {ratio, hashesEqual, ours, peer} on stdout');

const given = readOptions(
  program,
  z.object({
    events: z.coerce.number().int().min(1000),
    rounds: wholeNumber,
    only: z.enum(['ours', 'peer']).optional(),
    intervals: z
      .string()
      .transform((list) => z.array(wholeNumber).nonempty().parse(list.split(','))),
    threads: wholeNumber,
    peerStore: z.enum(['memory', 'rocksdb']),
    peerCached: z.string(),
    cpuProf: z.string().optional(),
    json: z.boolean().default(false),
  }),
);

interface Measured {
  readonly commitMs: number;
  readonly ours: Round[];
  readonly peer: Round[];
}

async function compare(broker: BenchBroker): Promise<boolean> {
  if (given.only !== 'ours') await buildPeer();
  const data = generate({ impressions: given.events });
  const truth = expected(data);
  const records = await fillInputs(broker, data);
  say(`${records} records in both inputs; ${truth.outputs} examples must come of them`);

  const measured: Measured[] = given.intervals.map((commitMs) => ({
    commitMs,
    ours: [],
    peer: [],
  }));
  for (let round = 1; round <= given.rounds; round++) {
    for (const { commitMs, ours, peer } of measured) {
      say(`round ${round} of ${given.rounds}, both commit every ${commitMs} ms`);
      if (given.only !== 'ours') peer.push(await peerRound(broker, commitMs));
      if (given.only !== 'peer') ours.push(await oursRound(broker, commitMs));
    }
  }

  const rows = measured.map(rowOf);
  const outputs = measured
    .flatMap(({ ours, peer }) => [...ours, ...peer])
    .map(({ output }) => output);
  const hashesEqual = outputs.every((output) => isRight(output, truth));
  print(rows, hashesEqual);
  return hashesEqual;
}

function rowOf({ commitMs, ours, peer }: Measured): Row {
  const every = `commits every ${commitMs} ms`;
  const cached = given.peerCached && ` with ${given.peerCached} cached`;
  return {
    ...(ours.length > 0 ? { ours: { setting: every, rounds: ours } } : {}),
    ...(peer.length > 0
      ? { peer: { setting: `${given.peerStore}${cached}, ${every}`, rounds: peer } }
      : {}),
  };
}

/**
 * A round of the peer. Now and then its shutdown spins without end between two passes; then another
 * process begins afresh.
 */
async function peerRound(broker: BenchBroker, commitMs: number): Promise<Round> {
  const { peerStore: store, peerCached: cached, threads } = given;
  const settings = { store, cached, commitMs, threads };
  for (let tries = 3; ; tries--) {
    const id = broker.newId('peer');
    try {
      const passes = await runPeer(broker, id, settings);
      return await judged(broker, 'Kafka Streams', id, peerOutput(id, passes.length), passes);
    } catch (error) {
      if (tries === 1 || broker.signal.aborted) throw error;
      say(`  ${(error as Error).message} Once more.`);
    }
  }
}

async function oursRound(broker: BenchBroker, commitMs: number): Promise<Round> {
  const id = broker.newId('ours');
  const { threads, cpuProf: profile } = given;
  const passes = await runOurs(broker, id, { commitMs, threads, profile });
  return judged(broker, 'Millrace', id, oursOutput(id, passes.length), passes);
}

/** The verdict on what the warm pass wrote; afterwards everything written is dropped. */
async function judged(
  broker: BenchBroker,
  name: string,
  id: string,
  outputTopic: string,
  passes: readonly Figures[],
): Promise<Round> {
  const output = await checkOutput(broker, outputTopic);
  await dropTopics(broker.admin, id);
  const rates = passes.map(({ eventsPerSecond }) => eventsPerSecond).join(', ');
  say(`  ${name}: ${rates} events/s; ${output.outputs} examples, ${output.sha256.slice(0, 12)}…`);
  return { passes, output };
}

function print(rows: readonly Row[], hashesEqual: boolean): void {
  const sides = (row: Row) => ({
    ratio: ratioOf(row),
    ours: row.ours ? summarise(row.ours) : null,
    peer: row.peer ? summarise(row.peer) : null,
  });
  const best = bestOf(rows);
  if (given.json) {
    const { ratio, ours, peer } = sides(rows[0]!);
    const line = { ratio, hashesEqual, ours, peer, best: sides(best), rows: rows.map(sides) };
    process.stdout.write(`${JSON.stringify(line)}\n`);
    return;
  }
  process.stdout.write(`\n${table(rows)}\n\n`);
  if (!given.only) {
    process.stdout.write(`at equal intervals of ${given.intervals[0]} ms: ${ratioOf(rows[0]!)} times Kafka Streams
each at its best: ${ratioOf(best)} times (Kafka Streams ${best.peer!.setting}; Millrace ${best.ours!.setting})
`);
  }
  process.stdout.write(`outputs equal by hash: ${hashesEqual ? 'yes' : 'NO'}\n`);
}

process.exit(await onBroker(compare));
