// What a group has committed: offsets, and with them the stream time of the task that committed them.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Admin } from 'kafkajs';
import { z } from 'zod';
import { endsOf } from './read-to-end.ts';

export interface CommittedTask {
  /** Next offset to read, by input: the beginning where nothing was committed. */
  readonly offsets: readonly number[];
  /** Stream time at the commit, ms; -Infinity where nothing was committed. */
  readonly streamTime: number;
}

const metadataShape = z.object({ streamTime: z.number() });

/** What is committed with the offsets of a task. A task that has seen nothing has no stream time. */
export function metadataOf(streamTime: number): string {
  return Number.isFinite(streamTime) ? JSON.stringify({ streamTime }) : '';
}

/** Stream time of a commit; of one made by something else, the beginning. */
export function streamTimeOf(metadata: string | null | undefined): number {
  try {
    return metadataShape.parse(JSON.parse(metadata || 'null')).streamTime;
  } catch {
    return Number.NEGATIVE_INFINITY;
  }
}

/** Where the task on a partition of co-partitioned topics goes on. */
export async function committedTask(
  admin: Admin,
  groupId: string,
  topics: readonly string[],
  partition: number,
): Promise<CommittedTask> {
  const groups = await groupOffsets(admin, groupId, topics);
  const found = topics.map((topic) =>
    groups
      .find((one) => one.topic === topic)
      ?.partitions.find((one) => one.partition === partition),
  );
  const missing = topics.filter((_, input) => Number(found[input]?.offset ?? -1) < 0);
  const ends = missing.length > 0 ? await endsOf(admin, missing) : [];
  const oldest = (topic: string) =>
    ends.find((one) => one.topic === topic && one.partition === partition)?.low ?? 0;
  const offsets = topics.map((topic, input) => {
    const offset = Number(found[input]?.offset ?? -1);
    return offset >= 0 ? offset : oldest(topic);
  });
  const streamTime = Math.max(...found.map((one) => streamTimeOf(one?.metadata)));
  return { offsets, streamTime };
}

/**
 * What a group has committed, by topic. A broker that has just started loads its groups one after the
 * other, and the client does not ask again when it is told to wait (kafkajs 2.2.4).
 */
export async function groupOffsets(admin: Admin, groupId: string, topics: readonly string[]) {
  for (let tries = 100; ; tries--) {
    try {
      return await admin.fetchOffsets({ groupId, topics: [...topics] });
    } catch (error) {
      if (tries === 0) throw error;
      await sleep(200);
    }
  }
}
