// What a broker still keeps of a user who is forgotten, and for how long: a record cannot be taken out of a
// log, so what remains is told.
import type { ConfigResourceTypes } from 'kafkajs';
import { topics } from '../../schemas/index.ts';
import type { AnyTopic } from '../../schemas/topic.ts';
import type { ForgetStreams } from './marker.ts';

export interface Remaining {
  /** Name of the topic on the broker. */
  readonly topic: string;
  /** `until compacted`: old records and the deletion; `until deleted`: records by their age. */
  readonly kind: 'until compacted' | 'until deleted';
  /** Longest time that records of the user stay, ms; −1 for ever. */
  readonly mostMs: number;
}

/** Fields by which a topic knows whose a record is. */
const named = new Set(['userId', 'key']);

/** Whether records of a topic name users. */
const namesUsers = ({ name, schema }: AnyTopic): boolean =>
  name === 'open-impressions' ||
  schema.fields.some((field: { readonly name: string }) => named.has(field.name));

/** Topics whose records name users. */
export const userTopics: readonly AnyTopic[] = topics.filter(namesUsers);

/** Number of the resource type "topic" in the protocol. */
const topicResource = 2 satisfies ConfigResourceTypes.TOPIC;

const settings = {
  policy: 'cleanup.policy',
  retention: 'retention.ms',
  lag: 'max.compaction.lag.ms',
  deletions: 'delete.retention.ms',
  segment: 'segment.ms',
} as const;

/** Longest time after which the broker cleans a log again, ms: its threads pause and look for work. */
const cleaningMs = 60_000;

/** @param logDeleted whether the logs were deleted up to the last record of the user */
export async function remainingIn(
  { kafka, nameOf }: ForgetStreams,
  logDeleted: boolean,
): Promise<Remaining[]> {
  const admin = kafka.admin();
  await admin.connect();
  const { resources } = await admin
    .describeConfigs({
      includeSynonyms: false,
      resources: userTopics.map((topic) => ({
        type: topicResource,
        name: nameOf(topic),
        configNames: Object.values(settings),
      })),
    })
    .finally(() => admin.disconnect());
  return resources.flatMap(({ resourceName: topic, configEntries }): Remaining[] => {
    const config = new Map(
      configEntries.map(({ configName, configValue }) => [configName, configValue]),
    );
    const number = (name: string) => Number(config.get(name));
    if (config.get(settings.policy)?.includes('compact')) {
      // What has no end is told so: the largest number stands for never.
      const never = number(settings.lag) > Number.MAX_SAFE_INTEGER;
      const mostMs = number(settings.lag) + number(settings.deletions) + 2 * cleaningMs;
      return [{ topic, kind: 'until compacted', mostMs: never ? -1 : mostMs }];
    }
    // A segment of the log that is written to stays on the disk until it is closed; no client reads it.
    if (logDeleted) return [{ topic, kind: 'until deleted', mostMs: number(settings.segment) }];
    const kept = number(settings.retention);
    return [
      { topic, kind: 'until deleted', mostMs: kept < 0 ? -1 : kept + number(settings.segment) },
    ];
  });
}
