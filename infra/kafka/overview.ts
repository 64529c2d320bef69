// Reads from the broker the state of the declared topics, and how far the application's groups have
// read them.
import type { Admin, ConfigResourceTypes, Kafka } from 'kafkajs';
import type { AnyTopic } from '../../schemas/topic.ts';
import { groupOffsets } from './committed.ts';
import { type Group, groupsOf } from './groups.ts';
import { endsOf, type PartitionEnds } from './read-to-end.ts';
import { retryTransient } from './retry.ts';

export interface TopicOverview {
  /** Name of the topic on the broker. */
  readonly topic: string;
  /** Its partitions; empty if the topic does not exist. */
  readonly partitions: readonly {
    readonly partition: number;
    /** Offset of the oldest record. */
    readonly low: number;
    /**
     * Offset after the newest record. Transaction markers have offsets too, and so have records
     * that were compacted away.
     */
    readonly high: number;
  }[];
  /** Number of replicas of the partition that has the fewest. */
  readonly replicas: number;
  /** Number of replicas in sync of the partition that has the fewest. */
  readonly inSync: number;
  /** Policy of the broker for the topic: `compact`, `delete` or both. */
  readonly cleanupPolicy: string;
  /** Age at which records are deleted, ms; −1 for never. */
  readonly retentionMs: number;
  /** Size of a partition above which its oldest records are deleted, bytes; −1 for never. */
  readonly retentionBytes: number;
  /** Largest size of a record batch, bytes. */
  readonly maxMessageBytes: number;
}

export interface GroupOverview {
  readonly group: string;
  /** State of the group as the broker names it: `Stable`, `Empty` and so on. */
  readonly state: string;
  /** `classic`, `consumer` (KIP-848), `share` (KIP-932) or another kind of a newer broker. */
  readonly kind: string;
  /** Undefined where the broker does not tell. */
  readonly members: number | undefined;
  readonly topics: readonly {
    readonly topic: string;
    /**
     * Offsets between what is committed and the ends; a group without a commit begins at the oldest
     * records.
     */
    readonly lag: number;
  }[];
}

export interface Overview {
  readonly topics: readonly TopicOverview[];
  /** The groups of the application. */
  readonly groups: readonly GroupOverview[];
  /** Number of other groups on the cluster that may be seen, by kind. */
  readonly otherGroups: Readonly<Record<string, number>>;
}

const settings = {
  cleanupPolicy: 'cleanup.policy',
  retentionMs: 'retention.ms',
  retentionBytes: 'retention.bytes',
  maxMessageBytes: 'max.message.bytes',
} as const;

/**
 * @param topics the declared ones, and those of other systems that are read
 * @param nameOf name of a topic on the broker
 * @param application prefix of the groups
 */
export async function overviewOf(
  kafka: Kafka,
  admin: Admin,
  topics: readonly AnyTopic[],
  nameOf: (topic: AnyTopic) => string,
  application: string,
): Promise<Overview> {
  const there = new Set(await admin.listTopics());
  const names = topics.map(nameOf);
  const existing = names.filter((name) => there.has(name));
  const ends = await endsOf(admin, existing);
  const configs = await configsOf(admin, existing);
  const replicas = await replicasOf(admin, existing);
  const isOurs = (group: string) => group.startsWith(`${application}-`);
  const groups = await groupsOf(kafka, admin, isOurs);
  return {
    topics: names.map((topic) => {
      const config = configs.get(topic);
      const number = (name: string) => Number(config?.get(name) ?? Number.NaN);
      return {
        topic,
        partitions: ends
          .filter((one) => one.topic === topic)
          .map(({ partition, low, high }) => ({ partition, low, high }))
          .sort((a, b) => a.partition - b.partition),
        replicas: replicas.get(topic)?.replicas ?? Number.NaN,
        inSync: replicas.get(topic)?.inSync ?? Number.NaN,
        cleanupPolicy: config?.get(settings.cleanupPolicy) ?? '',
        retentionMs: number(settings.retentionMs),
        retentionBytes: number(settings.retentionBytes),
        maxMessageBytes: number(settings.maxMessageBytes),
      };
    }),
    groups: await withLags(
      admin,
      groups.filter(({ group }) => isOurs(group)),
      ends,
    ),
    otherGroups: Object.fromEntries(
      [...Map.groupBy(groups, ({ group, kind }) => (isOurs(group) ? '' : kind))]
        .filter(([kind]) => kind !== '')
        .map(([kind, of]) => [kind, of.length]),
    ),
  };
}

/** Numbers of replicas of each topic's worst partition. */
async function replicasOf(admin: Admin, names: readonly string[]) {
  if (names.length === 0) return new Map<string, { replicas: number; inSync: number }>();
  const { topics } = await retryTransient(() => admin.fetchTopicMetadata({ topics: [...names] }));
  const least = (numbers: readonly number[]) => Math.min(...numbers);
  return new Map(
    topics.map(({ name, partitions }) => [
      name,
      {
        replicas: least(partitions.map(({ replicas }) => replicas.length)),
        inSync: least(partitions.map(({ isr }) => isr.length)),
      },
    ]),
  );
}

/**
 * Number of the resource type "topic" in the protocol; an ES module cannot import the client's
 * enum.
 */
const topicResource = 2 satisfies ConfigResourceTypes.TOPIC;

async function configsOf(admin: Admin, names: readonly string[]) {
  if (names.length === 0) return new Map<string, Map<string, string>>();
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: names.map((name) => ({
      type: topicResource,
      name,
      configNames: Object.values(settings),
    })),
  });
  return new Map(
    resources.map(({ resourceName, configEntries }) => [
      resourceName,
      new Map(configEntries.map(({ configName, configValue }) => [configName, configValue])),
    ]),
  );
}

function withLags(
  admin: Admin,
  groups: readonly Group[],
  ends: readonly PartitionEnds[],
): Promise<GroupOverview[]> {
  return Promise.all(
    groups
      .toSorted((a, b) => (a.group < b.group ? -1 : 1))
      .map(async (one) => ({
        ...one,
        // A share group has no offsets of this kind: its records are taken one by one.
        topics: one.kind === 'share' ? [] : await lagsOf(admin, one.group, ends),
      })),
  );
}

/** Lag of a group by topic, for the topics of which it has committed something. */
async function lagsOf(
  admin: Admin,
  group: string,
  ends: readonly PartitionEnds[],
): Promise<GroupOverview['topics']> {
  const names = [...new Set(ends.map(({ topic }) => topic))];
  const committed = await groupOffsets(admin, group, names);
  return committed.flatMap(({ topic, partitions }) => {
    const offsets = new Map(partitions.map((one) => [one.partition, Number(one.offset)]));
    if (![...offsets.values()].some((offset) => offset >= 0)) return [];
    let lag = 0;
    for (const { partition, low, high } of ends.filter((one) => one.topic === topic)) {
      // The ends were read first: the group may have come further since.
      lag += Math.max(0, high - Math.max(low, offsets.get(partition) ?? low));
    }
    return [{ topic, lag }];
  });
}
