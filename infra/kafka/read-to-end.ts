// Reads topics from their beginning, and says when it has passed the end they had at the start. It joins
// no group: whoever reads so wants everything.
import type { Admin, Kafka } from 'kafkajs';
import type { Logger } from 'pino';
import { type Clock, systemClock } from './clock.ts';
import { Fetcher } from './fetcher.ts';
import type { Reading } from './reading.ts';
import { retryTransient } from './retry.ts';
import type { FetchedRecord } from './wire/batch-reader.ts';

export interface ReadOptions {
  readonly kafka: Kafka;
  readonly log: Logger;
  readonly topics: readonly string[];
  /** Partitions to read; the others are left alone. @default all */
  readonly partitions?: readonly number[];
  /** Gives the offset to begin at, from those there are. @default the oldest */
  readonly from?: (topic: string, partition: number, low: number, high: number) => number;
  /** Time that brokers may not answer before the reader fails, ms. @default no limit */
  readonly retryForMs?: number | undefined;
  /** @default the time of the machine */
  readonly clock?: Clock | undefined;
  /** Go on reading after the end was reached. @default false */
  readonly follow?: boolean;
  readonly onRecords: (
    topic: string,
    partition: number,
    records: readonly FetchedRecord[],
    /** Offset after the records. */
    next: number,
  ) => void | Promise<void>;
  /** Called when the reader cannot go on; it is of no more use then. */
  readonly onCrash?: (error: unknown) => void;
}

export interface TopicReader extends AsyncDisposable {
  /** Resolves once all records committed before the start have been handed over. */
  readonly caughtUp: Promise<void>;
}

/** Options of a fetch by a reader that follows: it gets news a few times a second. */
const following = { minBytes: 1 << 20, maxWaitMs: 200 };
const reading = { minBytes: 1, maxWaitMs: 100 };
const bytes = { maxBytes: 32 << 20, maxBytesPerPartition: 4 << 20 };

export interface PartitionEnds {
  readonly topic: string;
  readonly partition: number;
  /** Offset of the oldest record. */
  readonly low: number;
  /** Offset after the newest record, transaction markers included. */
  readonly high: number;
}

/** The first and the next offset of each partition of topics, as of now. */
export async function endsOf(
  admin: Admin,
  topics: readonly string[],
  clock: Clock = systemClock,
): Promise<PartitionEnds[]> {
  const found = await Promise.all(
    topics.map(async (topic) =>
      (await retryTransient(() => admin.fetchTopicOffsets(topic), clock)).map(
        ({ partition, low, high }) => ({
          topic,
          partition,
          low: Number(low),
          high: Number(high),
        }),
      ),
    ),
  );
  return found.flat();
}

/** Reads the committed records of topics from their beginning. */
export async function readTopics(options: ReadOptions): Promise<TopicReader> {
  const { kafka, log, topics, clock } = options;
  const admin = kafka.admin();
  await admin.connect();
  const ends = await endsOf(admin, topics, clock).finally(() => admin.disconnect());
  const wanted = ends.filter(({ partition }) => options.partitions?.includes(partition) ?? true);

  const { promise: caughtUp, resolve, reject } = Promise.withResolvers<void>();
  caughtUp.catch(() => {});
  const fail = (error: unknown) => {
    reject(error);
    options.onCrash?.(error);
  };
  const fetcher = new Fetcher({
    kafka,
    log,
    limits: { ...(options.follow ? following : reading), ...bytes },
    retryForMs: options.retryForMs,
    clock,
    onFailed: fail,
  });
  let left = 0;
  const readings = wanted.flatMap((end): Reading[] => {
    const from = options.from?.(end.topic, end.partition, end.low, end.high) ?? end.low;
    if (from < end.high) left++;
    else if (!options.follow) return [];
    const passed = () => {
      if (--left > 0) return;
      resolve();
    };
    return [readingOf(options, end, from, fetcher, passed, fail)];
  });
  if (left === 0) resolve();
  if (readings.length > 0) await fetcher.read(readings);
  return { caughtUp, [Symbol.asyncDispose]: () => fetcher[Symbol.asyncDispose]() };
}

/** How one partition is read: its records are handed over, one fetch after the other. */
function readingOf(
  { onRecords }: ReadOptions,
  { topic, partition, high }: PartitionEnds,
  from: number,
  fetcher: Fetcher,
  passed: () => void,
  fail: (error: unknown) => void,
): Reading {
  let busy = false;
  let behind = from < high;
  const handle = async (records: readonly FetchedRecord[], next: number) => {
    if (records.length > 0) await onRecords(topic, partition, records, next);
    if (behind && next >= high) {
      behind = false;
      passed();
    }
  };
  return {
    topic,
    partition,
    from,
    hasRoom: () => !busy,
    onFetched({ records, next }) {
      busy = true;
      handle(records, next).then(() => {
        busy = false;
        fetcher.wake();
      }, fail);
    },
  };
}
