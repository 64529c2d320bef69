// What a language model made of a user, and its deletion: intents and reasons lie under the hash of what
// they were made from, so they are looked for.
import { decodeOrSkip } from '../../infra/kafka/decode-or-skip.ts';
import { readTopics } from '../../infra/kafka/read-to-end.ts';
import type { AnyTopic } from '../../schemas/topic.ts';
import { explanations } from '../../schemas/topics/explanations.ts';
import { intents } from '../../schemas/topics/intents.ts';
import type { ForgetStreams } from './marker.ts';

interface Place {
  readonly key: string;
  readonly partition: number;
}

/** Deletes what was made of a user. @returns numbers of records */
export async function deleteMade(
  streams: ForgetStreams,
  userId: string,
): Promise<{ readonly intents: number; readonly explanations: number }> {
  return {
    intents: await deleteOf(streams, intents, userId),
    explanations: await deleteOf(streams, explanations, userId),
  };
}

async function deleteOf(streams: ForgetStreams, topic: AnyTopic, userId: string): Promise<number> {
  const places = await placesOf(streams, topic, userId);
  if (places.length === 0) return 0;
  const producer = streams.kafka.producer({ idempotent: true, maxInFlightRequests: 1 });
  await producer.connect();
  try {
    const messages = places.map((place) => ({ ...place, value: null }));
    await producer.send({ topic: streams.nameOf(topic), messages });
  } finally {
    await producer.disconnect();
  }
  return places.length;
}

/** Where the latest records of a user are. */
async function placesOf(
  { kafka, codecs, nameOf, log }: ForgetStreams,
  topic: AnyTopic,
  userId: string,
): Promise<Place[]> {
  const found = new Map<string, Place>();
  await using reader = await readTopics({
    kafka,
    log,
    topics: [nameOf(topic)],
    onRecords: async (_name, partition, records) => {
      for (const record of records) {
        const key = record.key?.toString() ?? '';
        found.delete(`${partition}/${key}`);
        if (record.value === null) continue;
        const event = await decodeOrSkip(codecs, { topic, partition }, record, log);
        if ((event as { userId?: string } | undefined)?.userId !== userId) continue;
        found.set(`${partition}/${key}`, { key, partition });
      }
    },
  });
  await reader.caughtUp;
  return [...found.values()];
}
