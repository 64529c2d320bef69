// What the topics hold before an import.
import type { Kafka } from 'kafkajs';
import type { AnyTopic } from '../../schemas/topic.ts';

interface Where {
  readonly kafka: Kafka;
  readonly nameOf: (topic: AnyTopic) => string;
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
