// The producer of one task: outputs, changelogs and consumed offsets in one transaction, in three round
// trips. What must be known to the coordinator is said at once, then records and offsets are sent side by
// side, then the end.
//
// Calls before the end may be repeated: batches keep their sequence numbers, so a broker that has one
// already does not append it again. Of the other calls a first try that was delayed on a lost connection
// could come to the broker within the next transaction, and put the offsets back; so the next transaction
// takes a new epoch. The end is not repeated: a delayed one could end the next transaction. Where it is not known how a transaction ended, the producer takes a new epoch first, by
// which the broker refuses whatever is still under way, and then asks the log whether it was committed.
import type { Kafka } from 'kafkajs';
import { type Clock, systemClock } from './clock.ts';
import { defaultErrorPolicy } from './errors-policy.ts';
import type { Outbox } from './outbox.ts';
import { isTransient, onBroker, withRetries } from './retry-policy.ts';
import { sendBatches } from './send-batches.ts';
import { named, notCommitted } from './transaction-failures.ts';
import { isVisible } from './visible.ts';
import {
  type Broker,
  type Cluster,
  openCluster,
  protocolError,
  transactions,
  typeOf,
} from './wire/cluster.ts';
import { renewProducerIdCall } from './wire/init-producer-id.ts';
import type { PartitionBatch } from './wire/requests.ts';

export interface ConsumedOffset {
  readonly topic: string;
  readonly partition: number;
  /** Next offset to read. */
  readonly offset: number;
}

export interface Consumed {
  readonly groupId: string;
  /** Text kept with the offsets, for a successor of the task. */
  readonly metadata: string;
  readonly offsets: readonly ConsumedOffset[];
}

/** Time after which the broker aborts an open transaction, ms. */
const transactionTimeout = 60_000;

/** Errors by which a broker says that it did not begin to end the transaction: ask it again. */
const notBegun = new Set([
  'CONCURRENT_TRANSACTIONS',
  'COORDINATOR_LOAD_IN_PROGRESS',
  'GROUP_LOAD_IN_PROGRESS',
]);

/** Codes for another holder of the transactional id; the client knows only the second one. */
const producerFenced = 90;
const invalidProducerEpoch = 47;

const maxSequence = 0x8000_0000;

export class TransactionalProducer {
  private readonly transactionalId: string;
  private readonly retryForMs: number;
  private readonly clock: Clock;
  private readonly cluster: Cluster;
  private producerId = '-1';
  private producerEpoch = -1;
  /** Next sequence number, by topic and partition. */
  private readonly sequences = new Map<string, number>();
  private readonly known = new Set<string>();
  private closed = false;
  /** Whether a call of this epoch may still be under way on a lost connection. */
  private lateCalls = false;
  /** Deadline of the calls, ms of the clock. */
  private until = 0;

  private constructor(kafka: Kafka, transactionalId: string, retryForMs: number, clock: Clock) {
    this.transactionalId = transactionalId;
    this.retryForMs = retryForMs;
    this.clock = clock;
    this.cluster = openCluster(kafka);
  }

  /**
   * Takes over a transactional id: what a predecessor left open is aborted, and it is fenced.
   * @param retryForMs how long a call may fail before it is given up, and with it the producer, ms
   * @throws the client's errors when no broker answers
   */
  static async takeOver(
    kafka: Kafka,
    transactionalId: string,
    retryForMs: number = defaultErrorPolicy.retryForMs,
    clock: Clock = systemClock,
  ): Promise<TransactionalProducer> {
    const producer = new TransactionalProducer(kafka, transactionalId, retryForMs, clock);
    producer.until = clock.now() + retryForMs;
    try {
      await producer.cluster.connect();
      const identity = await producer.withRetries(() =>
        producer.atCoordinator((broker) =>
          broker.initProducerId({ transactionalId, transactionTimeout }),
        ),
      );
      producer.producerId = identity.producerId;
      producer.producerEpoch = identity.producerEpoch;
      return producer;
    } catch (error) {
      await producer.close();
      throw error;
    }
  }

  /** Number of partitions of a topic. */
  async partitionsOf(topic: string): Promise<number> {
    this.until = this.clock.now() + this.retryForMs;
    await this.know([topic]);
    return this.cluster.findTopicPartitionMetadata(topic).length;
  }

  /**
   * Commits an outbox with the offsets it was made from. After a failure this producer must not be used
   * again: the next `takeOver` decides what becomes of the transaction. `retryForMs` is for all its calls.
   * @returns offset after the last record written, by `topic/partition`
   * @throws MillraceError `task-fenced`, `transaction-aborted`, `record-too-large`; the client's errors
   */
  async commit(outbox: Outbox, consumed?: Consumed): Promise<ReadonlyMap<string, number>> {
    const ends = new Map<string, number>();
    const offsets = consumed && consumed.offsets.length > 0 ? consumed : undefined;
    if (outbox.count === 0 && !offsets) return ends;
    this.until = this.clock.now() + this.retryForMs;
    try {
      if (this.lateCalls) await this.renew();
      const rounds = outbox.finish(this.identity(), (topic, partition, count) =>
        this.takeSequence(topic, partition, count),
      );
      await this.know(outbox.topics());
      await Promise.all([this.addPartitions(outbox), offsets && this.addOffsets(offsets.groupId)]);
      await Promise.all([this.produce(rounds, ends), offsets && this.sendOffsets(offsets)]);
      await this.end(ends);
    } catch (error) {
      throw named(this.transactionalId, error);
    }
    return ends;
  }

  async close(): Promise<void> {
    this.closed = true;
    await this.cluster.disconnect();
  }

  private identity() {
    return { producerId: BigInt(this.producerId), producerEpoch: this.producerEpoch };
  }

  private transacting() {
    const { transactionalId, producerId, producerEpoch } = this;
    return { transactionalId, producerId, producerEpoch };
  }

  private takeSequence(topic: string, partition: number, count: number): number {
    const key = `${topic}/${partition}`;
    const sequence = this.sequences.get(key) ?? 0;
    this.sequences.set(key, (sequence + count) % maxSequence);
    return sequence;
  }

  private async know(topics: readonly string[]): Promise<void> {
    const unknown = topics.filter((topic) => !this.known.has(topic));
    if (unknown.length === 0) return;
    await this.withRetries(() => this.cluster.addMultipleTargetTopics(unknown));
    for (const topic of unknown) this.known.add(topic);
  }

  private async addPartitions(outbox: Outbox): Promise<void> {
    const topics = outbox.partitions();
    if (topics.length === 0) return;
    await this.repeated(() =>
      this.atCoordinator((broker) => broker.addPartitionsToTxn({ ...this.transacting(), topics })),
    );
  }

  private async addOffsets(groupId: string): Promise<void> {
    await this.repeated(() =>
      this.atCoordinator((broker) => broker.addOffsetsToTxn({ ...this.transacting(), groupId })),
    );
  }

  private async sendOffsets({ groupId, metadata, offsets }: Consumed): Promise<void> {
    const topics = offsets.map(({ topic, partition, offset }) => ({
      topic,
      partitions: [{ partition, offset: String(offset), metadata }],
    }));
    await this.repeated(async () => {
      const broker = await this.cluster.findGroupCoordinator({ groupId });
      await broker.txnOffsetCommit({ ...this.transacting(), groupId, topics });
    });
  }

  /** Commits the open transaction. */
  private async end(ends: ReadonlyMap<string, number>): Promise<void> {
    let unsure: unknown;
    await this.withRetries(async () => {
      try {
        await this.atCoordinator((broker) =>
          broker.endTxn({ ...this.transacting(), transactionResult: true }),
        );
      } catch (error) {
        const type = typeOf(error);
        if ((type !== undefined && notBegun.has(type)) || !isTransient(error)) throw error;
        unsure = error;
      }
    });
    if (unsure !== undefined) await this.findOut(ends, unsure);
  }

  /** Whether an unconfirmed end was carried out. @throws MillraceError `transaction-aborted` */
  private async findOut(ends: ReadonlyMap<string, number>, cause: unknown): Promise<void> {
    await this.renew();
    const [written] = ends;
    const [topic, partition] = written ? placeOf(written[0]) : ['', 0];
    const committed = written
      ? await this.withRetries(() =>
          isVisible(this.cluster, topic, partition, written[1] - 1, this.until, this.clock),
        )
      : undefined;
    if (committed) return;
    throw notCommitted(this.transactionalId, cause);
  }

  /** Takes a new epoch; a producer that another has taken over from is refused. */
  private async renew(): Promise<void> {
    const { transactionalId, producerId, producerEpoch } = this;
    const renewed = await this.withRetries(() =>
      this.atCoordinator(async (broker) => {
        const answer = await broker.connectionPool.send(
          renewProducerIdCall(transactionalId, transactionTimeout, producerId, producerEpoch),
        );
        const { errorCode } = answer;
        if (errorCode === producerFenced) throw protocolError(invalidProducerEpoch);
        if (errorCode !== 0) throw protocolError(errorCode, { api: 'InitProducerId' });
        return answer;
      }),
    );
    this.producerId = renewed.producerId;
    this.producerEpoch = renewed.producerEpoch;
    this.sequences.clear();
    this.lateCalls = false;
  }

  /**
   * Sends batches in rounds, one round after the other: those of a partition must arrive in their
   * sequence.
   */
  private async produce(
    rounds: readonly (readonly PartitionBatch[])[],
    ends: Map<string, number>,
  ): Promise<void> {
    for (const round of rounds) {
      let left = round;
      await this.withRetries(async () => {
        const { again, refusal } = await sendBatches(
          this.cluster,
          this.transactionalId,
          left,
          ends,
        );
        left = again;
        if (left.length > 0) throw refusal; // look again for the leaders
      });
    }
  }

  private async atCoordinator<T>(call: (broker: Broker) => Promise<T>): Promise<T> {
    const broker = await this.cluster.findGroupCoordinator({
      groupId: this.transactionalId,
      coordinatorType: transactions,
    });
    return onBroker(broker, call);
  }

  /** Repeats a call that may be made twice, but not in the next transaction. */
  private repeated<T>(action: () => Promise<T>): Promise<T> {
    return this.withRetries(async () => {
      try {
        return await action();
      } catch (error) {
        // No answer of a broker: the call may still come to it.
        if (typeOf(error) === undefined) this.lateCalls = true;
        throw error;
      }
    });
  }

  private withRetries<T>(action: () => Promise<T>): Promise<T> {
    return withRetries(this.cluster, this.until, action, () => this.closed, this.clock);
  }
}

function placeOf(id: string): [topic: string, partition: number] {
  const at = id.lastIndexOf('/');
  return [id.slice(0, at), Number(id.slice(at + 1))];
}
