// Reads from the broker the state of the declared topics, and how far the application's groups have
// read them.
import type { Admin, ConfigResourceTypes } from 'kafkajs';
import type { AnyTopic } from '../../schemas/topic.ts';
import { groupOffsets } from './committed.ts';
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
  readonly members: number;
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
  readonly groups: readonly GroupOverview[];
}

const settings = {
  cleanupPolicy: 'cleanup.policy',
  retentionMs: 'retention.ms',
  retentionBytes: 'retention.bytes',
  maxMessageBytes: 'max.message.bytes',
} as const;

/**
 * @param topics the declared ones
 * @param nameOf name of a topic on the broker
 * @param application prefix of the groups
 */
export async function overviewOf(
  admin: Admin,
  topics: readonly AnyTopic[],
  nameOf: (topic: string) => string,
  application: string,
): Promise<Overview> {
  const there = new Set(await admin.listTopics());
  const names = topics.map(({ name }) => nameOf(name));
  const existing = names.filter((name) => there.has(name));
  const ends = await endsOf(admin, existing);
  const configs = await configsOf(admin, existing);
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
        cleanupPolicy: config?.get(settings.cleanupPolicy) ?? '',
        retentionMs: number(settings.retentionMs),
        retentionBytes: number(settings.retentionBytes),
        maxMessageBytes: number(settings.maxMessageBytes),
      };
    }),
    groups: await groupsOf(admin, application, ends),
  };
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

async function groupsOf(
  admin: Admin,
  application: string,
  ends: readonly PartitionEnds[],
): Promise<GroupOverview[]> {
  const listed = (await retryTransient(() => admin.listGroups())).groups.map(
    ({ groupId }) => groupId,
  );
  const ids = listed.filter((id) => id.startsWith(`${application}-`)).sort();
  if (ids.length === 0) return [];
  const { groups } = await retryTransient(() => admin.describeGroups(ids));
  return Promise.all(
    ids.map(async (group) => {
      const described = groups.find(({ groupId }) => groupId === group);
      return {
        group,
        state: described?.state ?? 'Unknown',
        members: described?.members.length ?? 0,
        topics: await lagsOf(admin, group, ends),
      };
    }),
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
      lag += high - Math.max(low, offsets.get(partition) ?? low);
    }
    return [{ topic, lag }];
  });
}
