// `npm run bench:streams`: Millrace beside Kafka Streams, the same job on the same broker and the very
// same input topics, in one run. bench/peers/kafka-streams/README.md defines the job and the figures.
import { Command, Option } from 'commander';
import { z } from 'zod';
import { defaultImpressions, expected, generate } from './attribute/data.ts';
import { checkOutput } from './comparison/check.ts';
import type { Figures } from './comparison/figures.ts';
import { oursOutput, runOurs } from './comparison/ours.ts';
import { buildPeer, type PeerSettings, peerOutput, runPeer } from './comparison/peer.ts';
import { isRight, type Round, type Row, ratioOf, summarise, table } from './comparison/report.ts';
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
  .option('--commit-ms <n>', 'one row alone, both sides at this commit interval')
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
    commitMs: wholeNumber.optional(),
    peerStore: z.enum(['memory', 'rocksdb']),
    peerCached: z.string(),
    cpuProf: z.string().optional(),
    json: z.boolean().default(false),
  }),
);

interface Rule {
  readonly rule: string;
  readonly oursCommitMs: number;
  readonly peer: PeerSettings;
}

const peerStore = { store: given.peerStore, cached: given.peerCached };
const equal = (ms: number): Rule => ({
  rule: `both commit every ${ms} ms`,
  oursCommitMs: ms,
  peer: { ...peerStore, commitMs: ms },
});

/** Equal intervals first; then each with what measured best for it. */
const rules: readonly Rule[] = given.commitMs
  ? [equal(given.commitMs)]
  : [
      equal(100),
      {
        rule: 'each at its best',
        oursCommitMs: 1000,
        peer: { ...peerStore, commitMs: 1000 },
      },
    ];

async function compare(broker: BenchBroker): Promise<boolean> {
  if (given.only !== 'ours') await buildPeer();
  const data = generate({ impressions: given.events });
  const truth = expected(data);
  const records = await fillInputs(broker, data);
  say(`${records} records in both inputs; ${truth.outputs} examples must come of them`);

  const measured = rules.map((rule) => ({ rule, ours: [] as Round[], peer: [] as Round[] }));
  for (let round = 1; round <= given.rounds; round++) {
    for (const { rule, ours, peer } of measured) {
      say(`round ${round} of ${given.rounds}, ${rule.rule}`);
      if (given.only !== 'ours') peer.push(await peerRound(broker, rule.peer));
      if (given.only !== 'peer') ours.push(await oursRound(broker, rule.oursCommitMs));
    }
  }

  const rows: Row[] = measured.map(({ rule, ours, peer }) => ({
    rule: rule.rule,
    ...(ours.length
      ? { ours: { setting: `commits every ${rule.oursCommitMs} ms`, rounds: ours } }
      : {}),
    ...(peer.length ? { peer: { setting: words(rule.peer), rounds: peer } } : {}),
  }));
  const outputs = measured
    .flatMap(({ ours, peer }) => [...ours, ...peer])
    .map(({ output }) => output);
  const hashesEqual = outputs.every((output) => isRight(output, truth));
  print(rows, hashesEqual);
  return hashesEqual;
}

const words = ({ store, cached, commitMs }: PeerSettings) =>
  `${store}${cached ? ` with ${cached} cached` : ''}, commits every ${commitMs} ms`;

/** Now and then its shutdown spins without end between two passes: then another process starts afresh. */
async function peerRound(broker: BenchBroker, settings: PeerSettings): Promise<Round> {
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
  const passes = await runOurs(broker, id, { commitMs, profile: given.cpuProf });
  return judged(broker, 'Millrace', id, oursOutput(id, passes.length), passes);
}

/** Reads what the warm pass wrote, and drops all that was written. */
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
  const sides = ({ ours, peer }: Row) => ({
    ours: ours ? summarise(ours) : null,
    peer: peer ? summarise(peer) : null,
  });
  if (given.json) {
    const [first, ...more] = rows;
    const best = more.map((row) => ({ rule: row.rule, ratio: ratioOf(row), ...sides(row) }));
    const line = { ratio: ratioOf(first!), hashesEqual, ...sides(first!), rows: best };
    process.stdout.write(`${JSON.stringify(line)}\n`);
    return;
  }
  process.stdout.write(`\n${table(rows)}\n\n`);
  for (const row of rows.filter(({ ours, peer }) => ours && peer)) {
    process.stdout.write(`${row.rule}: ${ratioOf(row)} times Kafka Streams\n`);
  }
  process.stdout.write(`outputs equal by hash: ${hashesEqual ? 'yes' : 'NO'}\n`);
}

process.exit(await onBroker(compare));
