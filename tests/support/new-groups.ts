// Members of groups of the newer kinds, which the client does not know: KIP-848 and share groups.
// Formats: https://kafka.apache.org/protocol (ConsumerGroupHeartbeat 0, ShareGroupHeartbeat 1, flexible)
import { randomUUID } from 'node:crypto';
import type { Kafka } from 'kafkajs';
import { BufferReader, BufferWriter } from '../../infra/kafka/wire/buffers.ts';
import { type Call, openCluster, protocolError } from '../../infra/kafka/wire/cluster.ts';
import { handOver } from '../../infra/kafka/wire/hand-over.ts';

const absent = 0;

const writers = {
  consumer: {
    apiKey: 68,
    apiVersion: 0,
    apiName: 'ConsumerGroupHeartbeat',
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
    apiKey: 76,
    apiVersion: 1,
    apiName: 'ShareGroupHeartbeat',
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
  const { apiKey, apiVersion, apiName, write } = writers[kind];
  const call: Call<number> = {
    request: {
      apiKey,
      apiVersion,
      apiName,
      async encode() {
        const out = new BufferWriter(500);
        out.int8(0); // no tagged fields in the header
        out.compactString(group);
        out.compactString(randomUUID());
        out.int32(0); // epoch of a member that joins
        write(out, topic);
        out.int8(0); // no tagged fields
        return handOver(out.done());
      },
    },
    response: {
      async decode(payload) {
        const from = new BufferReader(payload);
        from.tags(); // of the header
        from.int32(); // throttle time
        return from.int16();
      },
      parse: async (errorCode) => errorCode,
    },
  };
  const cluster = openCluster(kafka);
  try {
    await cluster.connect();
    await cluster.refreshMetadata();
    const broker = await cluster.findGroupCoordinator({ groupId: group });
    const errorCode = await broker.connectionPool.send(call);
    if (errorCode !== 0) throw protocolError(errorCode, { api: apiName });
  } finally {
    await cluster.disconnect();
  }
}
