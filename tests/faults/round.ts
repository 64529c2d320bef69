// One round: fresh topics and workers, events that flow while faults strike, and what came of it.
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Kafka } from 'kafkajs';
import type { Logger } from 'pino';
import type { BenchData } from '../../bench/attribute/data.ts';
import { benchClicks, benchImpressions } from '../../bench/attribute/topics.ts';
import { endsOf } from '../../infra/kafka/read-to-end.ts';
import { type Codecs, registerSchemas } from '../../infra/registry/registry.ts';
import { allCommitted, connected, createTopics, haveBegun, haveJoined } from './admin.ts';
import { leaderlessMs } from './broker-strikes.ts';
import type { Cluster } from './cluster.ts';
import { Feed } from './feed.ts';
import { groupOf, jobTopics, namesUnder, newerImpressions, partitions } from './job.ts';
import type { Links } from './links.ts';
import { wrongly } from './missed.ts';
import { type Outcome, readOutcome } from './outcome.ts';
import type { Fault } from './plan.ts';
import { strike, timing } from './strike.ts';
import { Worker } from './supervisor.ts';
import type { WorkerOptions } from './worker-options.ts';

export interface RoundOptions {
  readonly name: string;
  readonly cluster: Cluster;
  /** The suite's own client, past every link. */
  readonly kafka: Kafka;
  readonly log: Logger;
  readonly data: BenchData;
  readonly faults: readonly Fault[];
  /** Where the workers keep their state. */
  readonly store: 'memory' | 'lmdb';
  /** Where the workers' logs go. */
  readonly dir: string;
  readonly say: (line: string) => void;
}

export interface RoundResult {
  readonly outcome: Outcome;
  /** Everything was committed in time. */
  readonly settled: boolean;
  readonly logFiles: readonly string[];
  /** Times that workers gave up and were begun again. */
  readonly gaveUp: number;
  /** Names of its topics. */
  readonly topics: string[];
  /** Events that were deleted before they were read. */
  readonly missed: ReadonlySet<object>;
  /** Strikes that went wrong, and events wrongly told of as missed; for people. */
  readonly wrong: readonly string[];
}

/** How long events still flow after the last fault began, ms. */
const tailMs = 6_000;

export async function runRound(options: RoundOptions): Promise<RoundResult> {
  const { name, cluster, kafka, log, faults } = options;
  const begun = performance.now();
  const say = (line: string) => {
    const seconds = ((performance.now() - begun) / 1000).toFixed(1).padStart(6);
    options.say(`${name} ${seconds} s  ${line}`);
  };
  const prefix = `${name}-`;
  const nameOf = namesUnder(prefix);
  await using admin = await connected(kafka.admin());
  await createTopics(admin, jobTopics, nameOf, partitions);
  const codecs = await registerSchemas({ url: cluster.registry.part.url }, prefix, jobTopics);
  const feed = await feedOf(options, prefix, codecs);
  await using stack = new AsyncDisposableStack();
  const workers = workersOf(options, prefix).map((worker) => stack.use(worker));
  for (const worker of workers.slice(0, -1)) worker.start();
  const group = groupOf(prefix);
  const inputs = [benchImpressions, benchClicks].map(nameOf);
  let loops = 0;
  const crashing = () => stack.use(crashingWorker(options, prefix, ++loops));
  await haveJoined(admin, group, workers.length - 1);
  say(`${workers.length - 1} workers run, their state in ${options.store}`);

  // Most of the events flow while faults strike; the rest follows at once.
  const during = faults.reduce((sum, { afterMs }) => sum + afterMs, tailMs);
  const first = performance.now();
  let over = faults.length === 0;
  const feeding = feed.run(() => (over ? 1 : Math.min(0.95, (performance.now() - first) / during)));
  feeding.catch(() => {}); // awaited below
  const haveAllBegun = faults.length === 0 ? Promise.resolve() : haveBegun(admin, group, inputs);
  haveAllBegun.catch(() => {}); // for whom it matters
  const struck: Promise<void>[] = [];
  for (const fault of faults) {
    await sleep(fault.afterMs);
    say(`${fault.kind} strikes; ${feed.done} of ${feed.total} events are out`);
    const scene = { cluster, workers, crashing, haveAllBegun, admin, group, inputs, say };
    const one = strike(fault, scene);
    one.catch(() => {}); // awaited below
    struck.push(one);
  }
  const failed = (await Promise.allSettled(struck)).flatMap((one, i) =>
    one.status === 'rejected' ? [`${faults[i]!.kind}: ${one.reason}`] : [],
  );
  over = true;
  await feeding;
  say('all events are out');
  const settled = await allCommitted(admin, group, inputs);
  say(settled ? 'all is committed' : 'NOT all is committed, and nothing moves');
  const gaveUp = workers.reduce((sum, worker) => sum + worker.gaveUp, 0);
  const left = await Promise.all(workers.map((worker) => worker.leave()));
  for (const [i, inTime] of left.entries()) if (!inTime) say(`worker ${i} did NOT leave in time`);
  const outcome = await readOutcome({ kafka, log, codecs, nameOf, partitions });
  const logFiles = workers.map(({ logFile }) => logFile).filter((file) => existsSync(file));
  const deleted = (await endsOf(admin, inputs)).map((end) => ({
    ...end,
    topic: end.topic.slice(prefix.length),
  }));
  return {
    outcome,
    settled,
    gaveUp,
    logFiles,
    topics: jobTopics.map(nameOf),
    missed: feed.eventsIn(outcome.missed),
    wrong: [...failed, ...wrongly(outcome.missed, deleted)],
  };
}

async function feedOf({ cluster, kafka, data }: RoundOptions, prefix: string, codecs: Codecs) {
  const { url } = cluster.registry.part;
  const newer = await registerSchemas({ url }, prefix, [newerImpressions]);
  return new Feed({
    kafka,
    data,
    partitions,
    nameOf: namesUnder(prefix),
    codecOf: (topic) =>
      topic === benchImpressions ? newer.of(newerImpressions) : codecs.of(topic),
    // Of several brokers one may be out of reach, and answer what it was asked when it is back.
    quietMs: cluster.brokers.length > 1 ? leaderlessMs + 4_000 : 2_000,
  });
}

/** A worker for each link; none runs yet. */
function workersOf(options: RoundOptions, prefix: string): Worker[] {
  mkdirSync(options.dir, { recursive: true });
  return options.cluster.links.map(
    (link, i) => new Worker(workerAt(options, prefix, link, `${i}`)),
  );
}

/** One more, on the link of the spare worker. */
function crashingWorker(options: RoundOptions, prefix: string, loop: number): Worker {
  const { name, dir, cluster } = options;
  const crashing = { startsDir: join(dir, `${name}-starts-${loop}`) };
  const at = workerAt(options, prefix, cluster.links.at(-1)!, `crashing-${loop}`);
  return new Worker({ ...at, crashing });
}

function workerAt(
  { name, cluster, dir, store }: RoundOptions,
  prefix: string,
  links: Links,
  id: string,
): WorkerOptions {
  return {
    brokers: links.addresses,
    registryUrl: cluster.registry.part.url,
    prefix,
    logFile: join(dir, `${name}-worker-${id}.log`),
    timing,
    ...(store === 'lmdb' ? { stateDir: join(dir, `${name}-state-${id}`) } : {}),
  };
}
