// What the topics say before an import: how far replays and imports came, and whether there is more.
import type { Kafka } from 'kafkajs';
import type { Logger } from 'pino';
import type { AnyTopic } from '../../schemas/topic.ts';
import { type ReplayProgress, replays } from '../../schemas/topics/replays.ts';
import { readTopics } from '../kafka/read-to-end.ts';
import type { Codecs } from '../registry/registry.ts';

interface Where {
  readonly kafka: Kafka;
  readonly log: Logger;
  readonly codecs: Codecs;
  readonly nameOf: (topic: AnyTopic) => string;
}

/** The last progress of each replay and import. */
export async function readProgress(where: Where): Promise<Map<string, ReplayProgress>> {
  const { kafka, log, codecs, nameOf } = where;
  const found = new Map<string, ReplayProgress>();
  await using reader = await readTopics({
    kafka,
    log,
    topics: [nameOf(replays)],
    onRecords: async (_topic, _partition, records) => {
      for (const { key, value } of records) {
        if (value === null || key === null) continue;
        found.set(key.toString(), (await codecs.decode(replays, value)) as ReplayProgress);
      }
    },
  });
  await reader.caughtUp;
  return found;
}

/** The first of some topics that has a record; undefined if none has. */
export async function hasRecords(
  { kafka, nameOf }: Where,
  topics: readonly AnyTopic[],
): Promise<string | undefined> {
  const admin = kafka.admin();
  await admin.connect();
  try {
    for (const topic of topics) {
      const offsets = await admin.fetchTopicOffsets(nameOf(topic));
      if (offsets.some(({ high }) => high !== '0')) return nameOf(topic);
    }
    return undefined;
  } finally {
    await admin.disconnect();
  }
}
