// How far replays and imports came, as the topics say.
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
