// Members of groups of the newer kinds, which the client does not know: KIP-848 and share groups.
// Formats: https://kafka.apache.org/protocol (ConsumerGroupHeartbeat 0, ShareGroupHeartbeat 1, flexible)
import { randomUUID } from 'node:crypto';
import type { Kafka } from 'kafkajs';
import type { BufferWriter } from '../../infra/kafka/wire/buffers.ts';
import { openCluster, protocolError } from '../../infra/kafka/wire/cluster.ts';
import { flexibleCall } from '../../infra/kafka/wire/flexible.ts';

const absent = 0;

const writers = {
  consumer: {
    api: { apiKey: 68, apiVersion: 0, apiName: 'ConsumerGroupHeartbeat' },
    write(out: BufferWriter, topic: string) {
      out.int8(absent); // instance id
      out.int8(absent); // rack
      out.int32(60_000); // rebalance timeout, ms
      out.int8(2); // one topic
      out.compactString(topic);
      out.int8(absent); // assignor
      out.int8(1); // no partitions yet
    },
  },
  share: {
    api: { apiKey: 76, apiVersion: 1, apiName: 'ShareGroupHeartbeat' },
    write(out: BufferWriter, topic: string) {
      out.int8(absent); // rack
      out.int8(2); // one topic
      out.compactString(topic);
    },
  },
} as const;

/** Lets a member join a group; it is there until its session is over (45 s on a default broker). */
export async function joinNewGroup(
  kafka: Kafka,
  kind: keyof typeof writers,
  group: string,
  topic: string,
): Promise<void> {
  const { api, write } = writers[kind];
  const call = flexibleCall(
    api,
    500,
    (out) => {
      out.compactString(group);
      out.compactString(randomUUID());
      out.int32(0); // epoch of a member that joins
      write(out, topic);
    },
    (from) => {
      from.int32(); // throttle time
      return from.int16();
    },
  );
  const cluster = openCluster(kafka);
  try {
    await cluster.connect();
    await cluster.refreshMetadata();
    const broker = await cluster.findGroupCoordinator({ groupId: group });
    const errorCode = await broker.connectionPool.send(call);
    if (errorCode !== 0) throw protocolError(errorCode, { api: api.apiName });
  } finally {
    await cluster.disconnect();
  }
}
