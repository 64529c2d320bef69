// One process of the group: the real runtime, on a broker it reaches through its proxy. It ends with a
// code other than 0 when the pipeline gives up, and whoever supervises it begins it again.
import type { Kafka } from 'kafkajs';
import { destination, pino } from 'pino';
import { guardRestarts } from '../../app/restart-guard.ts';
import { connectKafka } from '../../infra/kafka/connect.ts';
import { type Instruments, noInstruments } from '../../infra/kafka/instruments.ts';
import { Pipeline } from '../../infra/kafka/pipeline.ts';
import { type Codecs, registerSchemas } from '../../infra/registry/registry.ts';
import { type LmdbStores, openLmdbStores } from '../../infra/stores/lmdb.ts';
import { codeOf } from '../../schemas/errors.ts';
import { jobTopics, namesUnder, topology } from './job.ts';
import { workerOptions } from './worker-options.ts';

const options = workerOptions.parse(JSON.parse(process.argv[2] ?? '{}'));
/** Complete up to the last word, whatever ends the process. */
const log = pino(
  { level: 'debug', base: { pid: process.pid } },
  destination({ dest: options.logFile, sync: true }),
);

/** What happens to the tasks here is in the log, beside what their group does in others'. */
const told: Instruments = {
  ...noInstruments,
  taskState(_stage, partition, state) {
    log.info({ partition }, `the task is ${state}`);
    if (state === 'running') crash();
  },
  committed: (_stage, partition, records) => log.debug({ partition, records }, 'committed'),
  aborted: (_stage, partition) => log.warn({ partition }, 'a transaction failed'),
  rebalanced() {
    log.info('the group is rebalanced');
    if (options.crashing) setTimeout(crash, crashAfterMs); // it may have got no partition
  },
};

/** After it has joined its group, one that is to crash ends by then, ms. */
const crashAfterMs = 2_000;

function crash(): void {
  if (options.crashing) process.kill(process.pid, 'SIGKILL');
}

async function main(): Promise<void> {
  const { prefix, registryUrl, timing, crashing } = options;
  using _starts = crashing && guardRestarts(crashing.startsDir, Date.now());
  log.info('the worker begins');
  const codecs = await registerSchemas({ url: registryUrl }, prefix, jobTopics);
  const kafka = connectKafka({ brokers: options.brokers }, log);
  using stores = options.stateDir ? await onDisk(options.stateDir, kafka, codecs) : undefined;
  await using pipeline = new Pipeline({
    kafka,
    application: prefix,
    topology,
    codecs,
    nameOf: namesUnder(prefix),
    log,
    timing,
    policy: { gap: 'skip' },
    instruments: told,
    openBacking: stores?.open,
  });
  await pipeline.start();
  log.info('the worker runs');
  await Promise.race([pipeline.failed, asked]);
  log.info('the worker leaves');
}

async function onDisk(dir: string, kafka: Kafka, codecs: Codecs): Promise<LmdbStores> {
  const admin = kafka.admin();
  await admin.connect();
  const { clusterId } = await admin.describeCluster();
  await admin.disconnect();
  const nameOf = namesUnder(options.prefix);
  return openLmdbStores({
    dir,
    application: options.prefix,
    clusterId,
    codecOf: codecs.of,
    nameOf,
    log,
  });
}

const { promise: asked, resolve: ask } = Promise.withResolvers<void>();
process.once('SIGTERM', ask);
// Our end of the pipe is closed with the supervisor, even when it is killed.
process.stdin.resume().once('end', () => process.exit(1));

try {
  await main();
  process.exit(0);
} catch (error) {
  const { stack } = error as Error;
  log.fatal({ code: codeOf(error), error: String(error), stack }, 'the worker gives up');
  process.exit(1);
}
