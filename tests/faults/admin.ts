// What the suite asks of the broker, past every link: topics, the group's members, what it has committed.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Admin } from 'kafkajs';
import type { AnyTopic } from '../../schemas/topic.ts';
import { partitions } from './job.ts';

/** Within this everything must be committed once the faults are over, and a group be together, ms. */
const settleMs = 120_000;

/** Makes topics and waits until every partition has a leader. */
export async function createTopics(
  admin: Admin,
  topics: readonly AnyTopic[],
  nameOf: (topic: AnyTopic) => string,
  partitions: number,
): Promise<void> {
  await admin.createTopics({
    waitForLeaders: false,
    topics: topics.map((topic) => ({
      topic: nameOf(topic),
      numPartitions: partitions,
      configEntries: [
        { name: 'retention.ms', value: '-1' },
        { name: 'cleanup.policy', value: topic.compacted ? 'compact' : 'delete' },
      ],
    })),
  });
  await haveLeaders(admin, topics.map(nameOf));
}

export async function connected(admin: Admin): Promise<Admin & AsyncDisposable> {
  await admin.connect();
  return Object.assign(admin, { [Symbol.asyncDispose]: () => admin.disconnect() });
}

/** Faults strike a group that works. */
export async function haveJoined(admin: Admin, groupId: string, count: number): Promise<void> {
  const ready = async () => {
    const [group] = (await admin.describeGroups([groupId])).groups;
    return group?.state === 'Stable' && group.members.length === count;
  };
  const until = performance.now() + settleMs;
  while (!(await ready().catch(() => false))) {
    if (performance.now() > until) throw new Error(`${groupId} does not come together.`);
    await sleep(50);
  }
}

/**
 * Resolves once every task has committed, and so has a position: one that has none begins at the oldest
 * record there is, and misses nothing.
 */
export async function haveBegun(admin: Admin, groupId: string, topics: string[]): Promise<void> {
  const begun = new Set<number>();
  for (const until = performance.now() + settleMs; begun.size < partitions; await sleep(50)) {
    if (performance.now() > until) throw new Error(`${groupId} does not begin everywhere.`);
    // A broker that has just come back may not know its groups yet.
    const committed = await admin.fetchOffsets({ groupId, topics }).catch(() => []);
    for (const { partition, offset } of committed.flatMap((one) => one.partitions)) {
      if (Number(offset) >= 0) begun.add(partition);
    }
  }
}

/** The client's own way of waiting gives up where a broker has not heard of the topic yet. */
async function haveLeaders(admin: Admin, topics: string[]): Promise<void> {
  const ready = async () =>
    (await admin.fetchTopicMetadata({ topics })).topics
      .flatMap((topic) => topic.partitions)
      .every(({ leader }) => leader >= 0);
  while (!(await ready().catch(() => false))) await sleep(50);
}

export async function allCommitted(
  admin: Admin,
  groupId: string,
  topics: string[],
): Promise<boolean> {
  const until = performance.now() + settleMs;
  while (performance.now() < until) {
    // A broker that has just come back may not know its groups yet.
    if ((await left(admin, groupId, topics).catch(() => undefined)) === 0) return true;
    await sleep(100);
  }
  return false;
}

/** Records not committed. The inputs hold no transactions: who has all of them has their very ends. */
async function left(admin: Admin, groupId: string, topics: string[]): Promise<number> {
  const committed = await admin.fetchOffsets({ groupId, topics });
  let records = 0;
  for (const topic of topics) {
    const of = committed.find((one) => one.topic === topic)?.partitions ?? [];
    for (const { partition, high } of await admin.fetchTopicOffsets(topic)) {
      const at = Number(of.find((one) => one.partition === partition)?.offset ?? 0);
      records += Number(high) - Math.max(0, at);
    }
  }
  return records;
}
