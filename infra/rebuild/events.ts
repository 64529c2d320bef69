// The committed events of a topic, for a rebuild.
import type { AnyTopic, EventOf } from '../../schemas/topic.ts';
import { decodeOrSkip } from '../kafka/decode-or-skip.ts';
import { readTopics } from '../kafka/read-to-end.ts';
import type { RebuildStreams } from './run-through.ts';

/** Hands over the committed events of a topic that can be read, by partition and offset. */
export async function eventsOf<T extends AnyTopic>(
  { kafka, log, nameOf, codecs }: RebuildStreams,
  of: T,
  see: (event: EventOf<T>) => void,
  partitions?: readonly number[],
): Promise<void> {
  const topic: AnyTopic = of;
  const take = see as (event: unknown) => void;
  await using reader = await readTopics({
    kafka,
    log,
    topics: [nameOf(topic)],
    ...(partitions ? { partitions } : {}),
    onRecords: async (_name, partition, records) => {
      for (const record of records) {
        if (record.value === null) continue;
        const event = await decodeOrSkip(codecs, { topic, partition }, record, log);
        if (event !== undefined) take(event);
      }
    },
  });
  await reader.caughtUp;
}
