// One run: a cluster, members and faults that a seed has drawn, until everything has come to rest; and what
// is wrong with what was committed.
import { Random } from '../../models/random.ts';
import { type Topology, topicsOf } from '../../streams/engine/topology.ts';
import { type Node, SimulatedCluster } from './broker/cluster.ts';
import type { LogBatch } from './broker/log.ts';
import { Chaos } from './chaos.ts';
import { Faults } from './faults.ts';
import type { Host } from './host.ts';
import { Feeder } from './job/feeder.ts';
import { foldStage, joinStage } from './job/stages.ts';
import { answers, offers, results } from './job/topics.ts';
import { type Mutant, type MutantName, mutants } from './mutants.ts';
import { forbidRealTime } from './no-real-time.ts';
import { ownerOf } from './owner.ts';
import { Trace } from './trace.ts';
import { verify } from './verify.ts';
import { VirtualTime } from './virtual-time.ts';

export interface RunOptions {
  readonly seed: number;
  /** A fault put into every member. @default none */
  readonly mutant?: MutantName | undefined;
  /** Takes the trace, line by line. @default nobody does */
  readonly write?: ((line: string) => void) | undefined;
}

export interface RunResult {
  readonly seed: number;
  /** What is wrong; empty if all is well. */
  readonly wrong: readonly string[];
  /** Number of events. */
  readonly events: number;
  /** Virtual time, ms. */
  readonly ms: number;
}

/** Times between which faults begin, ms. */
const [faultsFrom, faultsTo] = [800, 9_000];
/** Time from which nothing fails any more, ms. */
const calmAt = 14_000;
/** Time by which everything must have come to rest, ms. */
const restBy = 240_000;
/** Time between two looks whether it has, ms. */
const lookMs = 200;
/** Time for which it must then stay as it is, ms. */
const afterMs = 700;
/** Time that members have to end in good order, ms: longer than the client waits for a rebalance. */
const endMs = 90_000;

/** What a run has. */
interface Setting {
  readonly cluster: SimulatedCluster;
  readonly partitions: number;
  /** Whether the second stage runs, too. */
  readonly folding: boolean;
}

/** Runs a seed. The same seed gives the same run. */
export async function simulate(options: RunOptions): Promise<RunResult> {
  const { stackTraceLimit } = Error;
  // Errors are made by the thousand here, and nobody reads where.
  Error.stackTraceLimit = 0;
  const allow = forbidRealTime();
  try {
    return await run(options);
  } finally {
    allow();
    Error.stackTraceLimit = stackTraceLimit;
  }
}

async function run({ seed, mutant, write }: RunOptions): Promise<RunResult> {
  const time = new VirtualTime();
  const trace = new Trace(() => time.now, write);
  const random = new Random(seed);
  const pick = <T>(values: readonly T[]): T => values[random.below(values.length)]!;
  const stream = () => new Random(random.uint32());
  const chaos = new Chaos(stream());
  // A time-out shorter than the runtime asks for, so that it strikes within a run.
  const openMs = pick([60_000, 60_000, 1_500]);
  const cluster = new SimulatedCluster(time, chaos, pick([1, 1, 2, 3]), openMs);
  const setting = { cluster, partitions: pick([1, 2]), folding: random.next() < 0.3 };
  const { partitions, folding } = setting;
  const job = { commitEveryMs: pick([40, 100, 300]), flush: random.next() < 0.4 };
  const stages = [joinStage(job), ...(folding ? [foldStage(job)] : [])];
  const topology: Topology = { stages, enrichers: [] };
  for (const topic of topicsOf(topology)) {
    cluster.createTopic(topic.name, topic.partitioning === 'one' ? 1 : partitions);
  }
  const fault: Mutant | undefined = mutant && mutants[mutant];
  const registry: Node = { id: 'registry', alive: true, life: 1 };
  const env = {
    cluster,
    trace,
    registry,
    topology,
    mutant: fault,
    keepsUnanswered: fault?.keepsUnanswered,
    onDisk: random.next() < 0.5,
    limits: { records: pick([4, 30, 8_000]) },
    retryForMs: pick([4_000, 45_000]),
  };
  const written = remember(setting);
  const feeder = new Feeder(cluster, stream(), partitions);
  feeder.feed(calmAt - 1_000);
  const faults = new Faults(env, stream(), pick([1, 2, 3]), partitions);
  faults.draw(faultsFrom, faultsTo);
  time.after(calmAt, () => {
    trace.say(() => '*** calm');
    faults.calm();
    feeder.finish();
  });
  const rested = await rest(setting, faults.hosts);
  const wrong = [
    ...(rested ? [] : ['it does not come to rest']),
    ...verify({ ...setting, hosts: faults.hosts, written }),
    ...(await end(time, faults.hosts)),
  ];
  for (const line of wrong) trace.say(() => `wrong: ${line}`);
  return { seed, wrong, events: time.count, ms: time.now };
}

/** Runs until everything has come to rest. @returns whether it has, in time */
async function rest(setting: Setting, hosts: readonly Host[]): Promise<boolean> {
  const { time } = setting.cluster;
  let restedAt = Number.POSITIVE_INFINITY;
  let over = false;
  const look = () => {
    const resting = time.now > calmAt && atRest(setting, hosts);
    restedAt = resting ? Math.min(restedAt, time.now) : Number.POSITIVE_INFINITY;
    over = time.now > Math.min(restBy, restedAt + afterMs);
    if (!over) time.after(lookMs, look);
  };
  time.after(lookMs, look);
  await time.run(() => over);
  return time.now > restedAt + afterMs;
}

/** Ends every member in good order. @returns what is wrong */
async function end(time: VirtualTime, hosts: readonly Host[]): Promise<string[]> {
  const until = time.now + endMs;
  let left = hosts.filter(({ life }) => life);
  for (const host of left) {
    host.wanted = false;
    void host.stop(2 * endMs);
  }
  await time.run(() => {
    left = left.filter(({ life }) => life);
    return left.length === 0 || time.now > until;
  });
  const names = left.map(({ name }) => name);
  for (const host of left) host.kill();
  return names.map((name) => `${name} does not end`);
}

/** Keeps what is appended to the inputs, whatever retention deletes. */
function remember({ cluster, partitions }: Setting): Map<string, LogBatch[]> {
  const written = new Map<string, LogBatch[]>();
  for (const { name } of [offers, answers]) {
    for (let partition = 0; partition < partitions; partition++) {
      const batches: LogBatch[] = [];
      written.set(`${name}/${partition}`, batches);
      const log = cluster.log({ topic: name, partition })!;
      cluster.onAppended({ topic: name, partition }, () => batches.push(log.batches.at(-1)!));
    }
  }
  return written;
}

/** Whether every task runs, and its group has committed the last record of every input. */
function atRest({ cluster, partitions, folding }: Setting, hosts: readonly Host[]): boolean {
  const done = (group: string, topic: string, partition: number) => {
    const { batches } = cluster.log({ topic, partition })!;
    const last = batches.findLast(({ control, outcome }) => !control && outcome !== 'aborted');
    const offset = cluster.group(group).offsets.get(`${topic}/${partition}`)?.offset ?? -1;
    return offset > (last?.last ?? -1);
  };
  for (let partition = 0; partition < partitions; partition++) {
    if (!ownerOf(cluster, hosts, partition)) return false;
    for (const { name } of [offers, answers]) {
      if (!done('sim-join', name, partition)) return false;
    }
  }
  return !folding || done('sim-fold', results.name, 0);
}
