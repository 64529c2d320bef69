// A live table as its changelog has it, and the offsets of the inputs that it stands for.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Admin } from 'kafkajs';
import { MillraceError } from '../../schemas/errors.ts';
import type { AnyTopic } from '../../schemas/topic.ts';
import type { Stage } from '../../streams/engine/stage.ts';
import { groupOffsets } from '../kafka/committed.ts';
import { endsOf, readTopics } from '../kafka/read-to-end.ts';
import { Content } from './content.ts';
import type { RebuildStreams } from './run-through.ts';

export interface LiveTable {
  readonly content: Content;
  /** What the group has committed: next offset by partition, then by input of the stage. */
  readonly offsets: ReadonlyMap<number, readonly number[]>;
}

/**
 * Number of tries at reading a changelog during which nothing is committed, and the pause between
 * them, ms.
 */
const tries = 20;
const betweenMs = 250;

/**
 * The content of a live table, and the offsets it stands for.
 * @throws MillraceError `rebuild-moving`
 */
export async function liveTable(
  streams: RebuildStreams,
  stage: Stage,
  changelog: AnyTopic,
): Promise<LiveTable> {
  const admin = streams.kafka.admin();
  await admin.connect();
  try {
    for (let left = tries; left > 0; left--) {
      const before = await positions(streams, stage, changelog, admin);
      const content = await latestOf(streams, changelog);
      const after = await positions(streams, stage, changelog, admin);
      if (before.mark === after.mark) return { content, offsets: before.offsets };
      await sleep(betweenMs);
    }
  } finally {
    await admin.disconnect();
  }
  throw new MillraceError({
    code: 'rebuild-moving',
    what: `${changelog.name} changes faster than it can be read.`,
    why: `In ${tries} tries transactions were committed while it was read, so no offsets stand for what was read.`,
    todo: 'Stop the processes, or what writes to their inputs, for a moment.',
    remedy: 'retry',
  });
}

/** The positions of group and changelog; its mark is the same as before if neither has moved. */
async function positions(
  { nameOf, application }: RebuildStreams,
  stage: Stage,
  changelog: AnyTopic,
  admin: Admin,
): Promise<{ mark: string; offsets: Map<number, number[]> }> {
  const topics = stage.inputs.map(nameOf);
  const found = await groupOffsets(admin, `${application}-${stage.name}`, topics);
  const ends = await endsOf(admin, [nameOf(changelog)]);
  const offsets = new Map<number, number[]>();
  for (const { partition } of ends) {
    const of = topics.map((name) => {
      const { partitions = [] } = found.find(({ topic }) => topic === name) ?? {};
      return Math.max(
        0,
        Number(partitions.find((one) => one.partition === partition)?.offset ?? 0),
      );
    });
    offsets.set(partition, of);
  }
  return { mark: JSON.stringify([[...offsets], ends]), offsets };
}

/** The latest value of every key of a compacted topic. */
export async function latestOf(streams: RebuildStreams, topic: AnyTopic): Promise<Content> {
  const { kafka, log, nameOf, codecs } = streams;
  const content = new Content();
  await using reader = await readTopics({
    kafka,
    log,
    topics: [nameOf(topic)],
    onRecords: async (_name, partition, records) => {
      for (const { key, value } of records) {
        const id = key?.toString() ?? '';
        if (value === null) content.delete(partition, id);
        else {
          try {
            content.put(partition, id, await codecs.decode(topic, value), codecs.of(topic));
          } catch (error) {
            // A damaged record is a difference to show, not a reason to stop.
            if (!(error instanceof MillraceError) || error.remedy !== 'skip') throw error;
            content.putBytes(partition, id, Buffer.from(value));
          }
        }
      }
    },
  });
  await reader.caughtUp;
  return content;
}
