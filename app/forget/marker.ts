// The record that says a user is forgotten, and how far the stages have heard of it.
import type { Kafka } from 'kafkajs';
import type { Logger } from 'pino';
import { decodeOrSkip } from '../../infra/kafka/decode-or-skip.ts';
import { readPositions } from '../../infra/kafka/positions.ts';
import { endsOf, readTopics } from '../../infra/kafka/read-to-end.ts';
import { partitionOf } from '../../infra/kafka/wire/murmur2.ts';
import type { Codecs } from '../../infra/registry/registry.ts';
import type { AnyTopic } from '../../schemas/topic.ts';
import { type Forgotten, forgotten } from '../../schemas/topics/forgotten.ts';
import { type UserState, userStates } from '../../schemas/topics/user-state.ts';

export interface ForgetStreams {
  readonly kafka: Kafka;
  readonly codecs: Codecs;
  readonly nameOf: (topic: AnyTopic) => string;
  /** Prefix of the consumer groups. */
  readonly application: string;
  readonly log: Logger;
  /** Number of partitions of the topics keyed by user. */
  readonly partitions: number;
  /** Gives the time of the day, ms since the epoch. */
  readonly now: () => number;
}

/** The partition of every topic keyed by user in which the records of a user are. */
export const partitionOfUser = ({ partitions }: ForgetStreams, userId: string): number =>
  partitionOf(Buffer.from(userId), partitions);

/**
 * The time up to which events are forgotten: that of the stream, so that the record moves no window, be
 * it in a log of years ago; the clock's where no event was seen.
 */
export async function atOf(streams: ForgetStreams, partition: number): Promise<number> {
  const found = await readPositions(streams, `${streams.application}-serve`, [partition]);
  return found.get(partition)?.streamTime ?? streams.now();
}

/** Next offset of an input by the last commit of a stage; 0 before any. */
export async function committedBy(
  streams: ForgetStreams,
  stage: string,
  partition: number,
  input: AnyTopic = forgotten,
): Promise<number> {
  const found = await readPositions(streams, `${streams.application}-${stage}`, [partition]);
  const name = streams.nameOf(input);
  return found.get(partition)?.inputs.find(({ topic }) => topic === name)?.offset ?? 0;
}

/** Writes the record. It goes where the user's records are, which its own key does not tell. @returns its offset */
export async function writeMarker(
  { kafka, codecs, nameOf }: ForgetStreams,
  event: Forgotten,
  partition: number,
): Promise<number> {
  const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1 });
  await producer.connect();
  try {
    const value = codecs.of(forgotten).encode(event);
    const messages = [{ key: event.fingerprint, value, partition }];
    const [written] = await producer.send({ topic: nameOf(forgotten), messages });
    return Number(written!.baseOffset);
  } finally {
    await producer.disconnect();
  }
}

/** Whether the latest state of a user has events after a time: what was kept is then still in it. */
export async function isKept(
  { kafka, codecs, nameOf, log }: ForgetStreams,
  userId: string,
  partition: number,
  at: number,
): Promise<boolean> {
  let latest: UserState | undefined;
  await using reader = await readTopics({
    kafka,
    log,
    topics: [nameOf(userStates)],
    partitions: [partition],
    onRecords: async (_name, _partition, records) => {
      for (const record of records) {
        if (record.key?.toString() !== userId) continue;
        const place = { topic: userStates, partition };
        const state = record.value && (await decodeOrSkip(codecs, place, record, log));
        latest = (state ?? undefined) as UserState | undefined;
      }
    },
  });
  await reader.caughtUp;
  return latest !== undefined && latest.at > at;
}

/** The end of a topic of one partition as of now. */
export async function writtenSoFar(
  { kafka, nameOf }: ForgetStreams,
  topic: AnyTopic,
): Promise<number> {
  const admin = kafka.admin();
  await admin.connect();
  const [end] = await endsOf(admin, [nameOf(topic)]).finally(() => admin.disconnect());
  return end!.high;
}

/** Offset of the last record without a value under a key from an offset on; undefined if there is none. */
export async function tombstoneOf(
  { kafka, nameOf, log }: ForgetStreams,
  topic: AnyTopic,
  from: number,
  key: string,
): Promise<number | undefined> {
  let found: number | undefined;
  await using reader = await readTopics({
    kafka,
    log,
    topics: [nameOf(topic)],
    from: () => from,
    onRecords: (_name, _partition, records) => {
      for (const record of records) {
        if (record.value === null && record.key?.toString() === key) found = record.offset;
      }
    },
  });
  await reader.caughtUp;
  return found;
}
