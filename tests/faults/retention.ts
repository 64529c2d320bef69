// What happens to a group that nobody is in, and to input that is kept for a limited time.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Admin } from 'kafkajs';
import { groupOffsets } from '../../infra/kafka/committed.ts';
import { endsOf, type PartitionEnds } from '../../infra/kafka/read-to-end.ts';
import type { Random } from '../../models/random.ts';

/** A broker may be away when it is asked, and a member is in its group until its session is over, ms. */
const withinMs = 120_000;

export interface Reader {
  readonly admin: Admin;
  readonly group: string;
  /** Names of its inputs. */
  readonly inputs: readonly string[];
}

/** Deletes what the group has committed, as a broker does a week after the last member left. */
export const deleteOffsets = ({ admin, group }: Reader): Promise<void> =>
  insisting(async () => {
    const { groups } = await admin.listGroups();
    if (groups.some(({ groupId }) => groupId === group)) await admin.deleteGroups([group]);
  });

/** Sets what the group has committed back to the beginning. */
export const resetOffsets = ({ admin, group, inputs }: Reader): Promise<void> =>
  insisting(async () => {
    for (const topic of inputs) {
      const ends = await admin.fetchTopicOffsets(topic);
      const partitions = ends.map(({ partition }) => ({ partition, offset: '0' }));
      await admin.setOffsets({ groupId: group, topic, partitions });
    }
  });

/** Deletes the input that the group has read. @returns how many records */
export async function deleteRead(reader: Reader): Promise<number> {
  const [committed, ends] = await insisting(() => standing(reader));
  return deleteUpTo(reader.admin, ends, committed);
}

/** Deletes a part of the input that the group has not read. @returns how many records, those read included */
export async function deleteUnread(reader: Reader, random: Random): Promise<number> {
  const [committed, ends] = await insisting(() => standing(reader));
  return deleteUpTo(reader.admin, ends, (end) => {
    const from = Math.max(end.low, committed(end));
    return from + random.below(end.high - from + 1);
  });
}

type OffsetOf = (end: PartitionEnds) => number;

/** What the group has committed of a partition, −1 if nothing, and then what there is. */
async function standing(reader: Reader): Promise<[OffsetOf, readonly PartitionEnds[]]> {
  const { admin, group, inputs } = reader;
  const groups = await groupOffsets(admin, group, inputs);
  const committed = ({ topic, partition }: PartitionEnds) => {
    const of = groups.find((one) => one.topic === topic)?.partitions;
    return Number(of?.find((one) => one.partition === partition)?.offset ?? -1);
  };
  return [committed, await endsOf(admin, inputs)];
}

async function deleteUpTo(
  admin: Admin,
  ends: readonly PartitionEnds[],
  to: OffsetOf,
): Promise<number> {
  const deleting = ends.map((end) => ({ ...end, to: to(end) })).filter((one) => one.to > one.low);
  for (const [topic, of] of Map.groupBy(deleting, (one) => one.topic)) {
    const partitions = of.map((one) => ({ partition: one.partition, offset: String(one.to) }));
    await insisting(async () => {
      await admin.fetchTopicOffsets(topic); // the client looks its leaders up by it (kafkajs 2.2.4)
      await admin.deleteTopicRecords({ topic, partitions });
    });
  }
  return deleting.reduce((sum, one) => sum + one.to - one.low, 0);
}

/** Does again what failed; nothing here is worse for being done twice. */
async function insisting<T>(what: () => Promise<T>): Promise<T> {
  const until = performance.now() + withinMs;
  for (;;) {
    try {
      return await what();
    } catch (error) {
      if (performance.now() > until) throw error;
      await sleep(500);
    }
  }
}
