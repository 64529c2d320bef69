// What must hold of a run once everything has come to rest, from the logs alone.
import { type FetchedRecord, readBatches } from '../../infra/kafka/wire/batch-reader.ts';
import type { AnyTopic } from '../../schemas/topic.ts';
import type { DeadLetter } from '../../schemas/topics/dead-letters.ts';
import { deadLetters } from '../../schemas/topics/dead-letters.ts';
import { type Position, positions } from '../../schemas/topics/positions.ts';
import type { SimulatedCluster } from './broker/cluster.ts';
import type { LogBatch, PartitionLog } from './broker/log.ts';
import type { Host } from './host.ts';
import { codecOf } from './job/codecs.ts';
import { decodedInput, type InputRecord, rightResult } from './job/reference.ts';
import { foldedIn } from './job/stages.ts';
import { type Fold, folds, openOffers, type Result, results, tallies } from './job/topics.ts';
import { ownerOf } from './owner.ts';

export interface Outcome {
  readonly cluster: SimulatedCluster;
  readonly partitions: number;
  readonly folding: boolean;
  readonly hosts: readonly Host[];
  /** Everything that was ever in the inputs and committed, retention or not, by `topic/partition`. */
  readonly written: ReadonlyMap<string, readonly LogBatch[]>;
}

const recordsOf = ({ bytes, base }: LogBatch): FetchedRecord[] =>
  readBatches(bytes, base, []).records;

/** The keys of a batch. */
export const keysOf = (batch: LogBatch): string[] => recordsOf(batch).map(({ key }) => String(key));

const committed = (batches: readonly LogBatch[]) =>
  batches.filter(({ control, outcome }) => !control && outcome === 'committed');

/** @returns what is wrong; nothing if all is well */
export function verify(outcome: Outcome): string[] {
  const wrong: string[] = [];
  try {
    check(outcome, wrong);
  } catch (error) {
    wrong.push(`what was committed cannot be read: ${error}`);
  }
  return wrong;
}

function check(outcome: Outcome, wrong: string[]): void {
  const all = eventsOf<Result>(outcome.cluster, results);
  const dead = readDeadLetters(outcome.cluster, wrong);
  for (let partition = 0; partition < outcome.partitions; partition++) {
    checkPartition(outcome, partition, all, dead, wrong);
  }
  checkTransactions(outcome, wrong);
  if (outcome.folding) checkFolds(outcome, wrong);
}

function eventsOf<T>(cluster: SimulatedCluster, topic: AnyTopic): { offset: number; event: T }[] {
  return cluster
    .logsOf(topic.name)
    .flatMap(({ batches }) => committed(batches).flatMap(recordsOf))
    .map(({ offset, value }) => ({ offset, event: codecOf(topic).decode(value!) as T }));
}

interface DeadLetters {
  /** Places of single records, as `topic/partition/offset`. */
  readonly records: readonly string[];
  /** The ranges of input that were deleted before they were read. */
  readonly missed: readonly (Place & { readonly from: number; readonly to: number })[];
}

interface Place {
  readonly topic: string;
  readonly partition: number;
}

function readDeadLetters(cluster: SimulatedCluster, wrong: string[]): DeadLetters {
  const records: string[] = [];
  const missed: DeadLetters['missed'][number][] = [];
  for (const { event } of eventsOf<DeadLetter>(cluster, deadLetters)) {
    const { code, origin: topic, partition, offset, reason } = event;
    if (code !== 'input-gap') {
      records.push(`${topic}/${partition}/${offset}`);
      continue;
    }
    const [, from, to] = /The records (\d+) to (\d+) of /.exec(reason) ?? [];
    const gap = { topic, partition: partition!, from: Number(from), to: Number(to) };
    missed.push(gap);
    if (!(gap.to < cluster.log(gap)!.start)) {
      wrong.push(`${topic}/${partition}: ${from} to ${to} count as deleted and are there`);
    }
  }
  return { records, missed };
}

function checkPartition(
  { cluster, written, hosts }: Outcome,
  partition: number,
  all: readonly { readonly event: Result }[],
  { records: refused, missed }: DeadLetters,
  wrong: string[],
): void {
  const read: InputRecord[] = [];
  const refusable: string[] = [];
  for (const source of ['offers', 'answers'] as const) {
    const gone = missed.filter((one) => one.topic === source && one.partition === partition);
    for (const record of committed(written.get(`${source}/${partition}`)!).flatMap(recordsOf)) {
      const { offset } = record;
      if (gone.some(({ from, to }) => offset >= from && offset <= to)) continue;
      const input = decodedInput(source, record);
      if (input) read.push(input);
      else refusable.push(`${source}/${partition}/${offset}`);
    }
  }
  const own = refused.filter((place) => place.split('/')[1] === `${partition}`);
  compare(`dead letters of ${partition}`, own.sort(), refusable.sort(), wrong);
  const right = rightResult(partition, read);
  const found = all.flatMap(({ event }) => (event.partition === partition ? [event] : []));
  compare(`results of ${partition}`, found.map(lineOf), right.results.map(lineOf), wrong);
  for (const [topic, values] of [
    [tallies, right.tallies],
    [openOffers, right.open],
  ] as const) {
    const state = new Map<string, unknown>();
    const log = cluster.log({ topic: topic.name, partition })!;
    for (const { key, value } of committed(log.batches).flatMap(recordsOf)) {
      if (value) state.set(String(key), codecOf(topic as AnyTopic).decode(value));
      else state.delete(String(key));
    }
    const name = `${topic.name}/${partition}`;
    compare(`changelog ${name}`, linesOf(state), linesOf(values), wrong);
    const owner = ownerOf(cluster, hosts, partition);
    const store = linesOf(new Map(owner?.stores.get(name)?.entries() ?? []));
    compare(`store ${name} of ${owner?.name}`, store, linesOf(values), wrong);
  }
}

const lineOf = ({ source, offset, id, key, count, sum }: Result) =>
  `${source} ${offset} ${id} ${key} ${count} ${sum}`;

/** Entries in one order, without what Avro makes of them. */
function linesOf(values: ReadonlyMap<string, unknown>): string[] {
  return [...values].map(([key, value]) => `${key} ${JSON.stringify(value)}`).sort();
}

/** Notes the first difference between two lists. */
function compare(
  what: string,
  found: readonly string[],
  right: readonly string[],
  wrong: string[],
): void {
  const at = right.findIndex((line, i) => line !== found[i]);
  const differs = at >= 0 ? at : found.length > right.length ? right.length : -1;
  if (differs < 0) return;
  const counts = `${found.length} instead of ${right.length}`;
  wrong.push(`${what} (${counts}): at ${differs} ${found[differs]}, right is ${right[differs]}`);
}

/** Every committed transaction of a task holds what its positions say, and nothing else. */
function checkTransactions({ cluster, partitions }: Outcome, wrong: string[]): void {
  const place = (source: string, partition: number) => `${source}/${partition}`;
  const done = new Map<string, number>();
  const transactions = transactionsOf(cluster.logsOf(positions.name), 'sim-join');
  const found = eventsOf<Result>(cluster, results);
  for (const { position, first } of transactions) {
    for (const { topic, offset } of position.inputs) {
      const at = place(topic, position.partition);
      if (offset < (done.get(at) ?? 0)) wrong.push(`the position in ${at} goes back to ${offset}`);
      done.set(at, offset);
    }
    if (position.partition >= partitions) wrong.push(`a position of a task ${position.partition}`);
    if (first < 0) wrong.push('a position without an offset');
  }
  for (const { event } of found) {
    if (event.source === 'ended') continue;
    const at = place(event.source, event.partition);
    if (event.offset >= (done.get(at) ?? 0)) wrong.push(`${at}: ${event.offset} has no position`);
  }
}

function transactionsOf(logs: readonly PartitionLog[], group: string) {
  return logs.flatMap(({ batches }) =>
    committed(batches)
      .flatMap(recordsOf)
      .flatMap(({ value, offset }) => {
        const position = codecOf(positions).decode(value!) as Position;
        return position.group === group ? [{ position, first: offset }] : [];
      }),
  );
}

/** The second stage has folded each result once, in the order of the log. */
function checkFolds({ cluster }: Outcome, wrong: string[]): void {
  let n = 0;
  let hash = 0;
  const right = eventsOf<Result>(cluster, results).map(({ offset, event }) => {
    n++;
    hash = foldedIn(hash, event);
    return `${n} ${hash} ${offset}`;
  });
  const found = eventsOf<Fold>(cluster, folds).map(
    ({ event }) => `${event.n} ${event.hash} ${event.offset}`,
  );
  compare('folds', found, right, wrong);
}

/** Whether a task of the first stage has committed a position. */
export function hasPosition(cluster: SimulatedCluster, partition: number): boolean {
  return transactionsOf(cluster.logsOf(positions.name), 'sim-join').some(
    ({ position }) => position.partition === partition,
  );
}
