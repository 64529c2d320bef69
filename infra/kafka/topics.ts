// Creates the declared topics on a broker, and checks those that are there.
import type { Admin, ITopicConfig } from 'kafkajs';
import { MillraceError } from '../../schemas/errors.ts';
import type { AnyTopic } from '../../schemas/topic.ts';
import { positions } from '../../schemas/topics/positions.ts';
import { groupOffsets } from './committed.ts';
import { retryTransient } from './retry.ts';

export interface TopicLayout {
  /** Prefix of every topic's name on the broker. @default '' */
  readonly prefix: string;
  /** Number of partitions of the topics keyed by user. @default 1 */
  readonly partitions: number;
  /** Number of replicas of each topic. @default the broker's own */
  readonly replicationFactor?: number | undefined;
  /**
   * Age at which records of a topic that is not compacted are deleted, ms; −1 for never.
   * @default −1
   */
  readonly retentionMs?: number | undefined;
}

/** The name a topic has on the broker. */
export function topicName(topic: AnyTopic | string, layout: Pick<TopicLayout, 'prefix'>): string {
  if (typeof topic === 'string') return layout.prefix + topic;
  return topic.foreign ? topic.name : layout.prefix + topic.name;
}

export function partitionsOf(topic: AnyTopic, layout: Pick<TopicLayout, 'partitions'>): number {
  return topic.partitioning === 'one' ? 1 : layout.partitions;
}

/**
 * Makes the topics that are missing.
 * @returns names of the topics that have one replica alone
 * @throws MillraceError `topic-partitions-differ`
 */
export async function ensureTopics(
  admin: Admin,
  topics: readonly AnyTopic[],
  layout: TopicLayout,
): Promise<readonly string[]> {
  const wanted = topics.map((topic) => configOf(topic, layout));
  // Only those that are missing: of the others the client would log an error.
  const there = new Set(await admin.listTopics());
  const missing = wanted.filter(({ topic }) => !there.has(topic));
  // The client's own wait gives up where the broker has not heard of the topics yet.
  if (missing.length > 0) await admin.createTopics({ topics: missing, waitForLeaders: false });
  await groupsWork(admin, layout, wanted[0]!.topic);
  const names = wanted.map(({ topic }) => topic);
  const { topics: found } = await retryTransient(() => admin.fetchTopicMetadata({ topics: names }));
  for (const { topic, numPartitions } of wanted) {
    const has = found.find(({ name }) => name === topic)?.partitions.length;
    if (has !== numPartitions) {
      throw new MillraceError({
        code: 'topic-partitions-differ',
        what: `The topic ${topic} has ${has} partitions, and ${numPartitions} are wanted.`,
        why: 'State is kept by partition, so the number cannot change under it.',
        todo: `Start with --partitions ${has}, or with another --data-dir directory or TOPIC_PREFIX.`,
      });
    }
  }
  return found
    .filter(({ partitions }) => partitions.some(({ replicas }) => replicas.length === 1))
    .map(({ name }) => name);
}

/**
 * Waits until the broker can serve groups. A broker that has never seen a group first makes a topic
 * for them; clients that come meanwhile give up too early (kafkajs 2.2.4 does not retry every form
 * of "not yet").
 */
async function groupsWork(admin: Admin, { prefix }: TopicLayout, topic: string): Promise<void> {
  await groupOffsets(admin, `${prefix}millrace-probe`, [topic]);
}

const compactOften = [
  { name: 'segment.bytes', value: String(4 << 20) },
  { name: 'min.cleanable.dirty.ratio', value: '0.1' },
  { name: 'max.compaction.lag.ms', value: '600000' },
];

/**
 * Longest time that what was replaced or deleted waits for compaction, ms: a day. Where nothing else is
 * written, a broker would keep it for a week, or for ever.
 */
const mostCompactionLagMs = 86_400_000;

/** Long enough, ms; the broker adds it to the time of the day, so the largest number would overflow. */
const hundredYears = 100 * 365 * 86_400_000;

function configOf(topic: AnyTopic, layout: TopicLayout): ITopicConfig {
  const policy = topic.compacted ? 'compact' : 'delete';
  return {
    topic: topicName(topic, layout),
    numPartitions: partitionsOf(topic, layout),
    replicationFactor: layout.replicationFactor ?? -1,
    configEntries: [
      { name: 'cleanup.policy', value: policy },
      // For ever unless it is set: what is deleted cannot be rebuilt from.
      { name: 'retention.ms', value: String(topic.compacted ? -1 : (layout.retentionMs ?? -1)) },
      { name: 'message.timestamp.type', value: 'CreateTime' },
      ...(topic.compacted && topic !== positions
        ? [
            { name: 'segment.bytes', value: String(64 << 20) },
            { name: 'max.compaction.lag.ms', value: String(mostCompactionLagMs) },
          ]
        : []),
      ...(topic.keepsDeletions
        ? [{ name: 'delete.retention.ms', value: String(hundredYears) }]
        : []),
      // Written with every transaction, and read when a task is opened: kept short.
      ...(topic === positions ? compactOften : []),
    ],
  };
}
