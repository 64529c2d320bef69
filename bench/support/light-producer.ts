// A producer that takes little of the cores it shares with what is measured: one batch a partition,
// written in one pass. Not idempotent and without retries: whoever loses an event here sees it missing.
import type { Kafka } from 'kafkajs';
import { BatchWriter, written } from '../../infra/kafka/wire/batch-writer.ts';
import {
  type Cluster,
  leaderOf,
  openCluster,
  protocolError,
} from '../../infra/kafka/wire/cluster.ts';
import { produceCall } from '../../infra/kafka/wire/requests.ts';
import type { Codec } from '../../schemas/codec.ts';

/** Values that Kafka takes for the absence of a producer's identity and of a sequence. */
const nobody = { producerId: -1n, producerEpoch: -1 };
const noSequence = -1;
const noTransaction = '';

export class LightProducer implements AsyncDisposable {
  private readonly cluster: Cluster;
  private batches = new Map<string, Map<number, BatchWriter>>();

  private constructor(kafka: Kafka) {
    this.cluster = openCluster(kafka);
  }

  static async connect(kafka: Kafka, topics: readonly string[]): Promise<LightProducer> {
    const producer = new LightProducer(kafka);
    await producer.cluster.connect();
    await producer.cluster.addMultipleTargetTopics(topics);
    return producer;
  }

  /** Adds an event to the next `send`, which carries less than a megabyte for each partition. */
  add(topic: string, partition: number, codec: Codec, event: unknown): void {
    const partitions = this.batches.get(topic) ?? new Map<number, BatchWriter>();
    this.batches.set(topic, partitions);
    const batch = partitions.get(partition) ?? new BatchWriter(256 * 1024);
    partitions.set(partition, batch);
    const value = written((target, at) => codec.encodeInto(event, target, at));
    batch.append(Buffer.from(codec.topic.keyOf(event)), codec.topic.timeOf(event), value);
  }

  /** Sends everything added; resolves once the broker has it. */
  async send(): Promise<void> {
    const batches = [...this.batches].flatMap(([topic, partitions]) =>
      [...partitions].map(([partition, batch]) => ({
        topic,
        partition,
        batch: batch.finish(nobody, noSequence, false),
      })),
    );
    this.batches = new Map();
    const byLeader = Map.groupBy(
      batches,
      ({ topic, partition }) => leaderOf(this.cluster, topic, partition)!,
    );
    for (const [nodeId, of] of byLeader) {
      const broker = await this.cluster.findBroker({ nodeId });
      const answer = await broker.connectionPool.send(produceCall(noTransaction, of));
      for (const { errorCode } of answer.partitions)
        if (errorCode !== 0) throw protocolError(errorCode);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.cluster.disconnect();
  }
}
