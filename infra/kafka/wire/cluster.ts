// The client's connections to a cluster, used directly: the runtime has a fetcher and a transactional
// producer of its own, and leaves discovery, security, reconnecting and framing to the client.
import { createRequire } from 'node:module';
import type { Kafka } from 'kafkajs';
import { MillraceError } from '../../../schemas/errors.ts';

/** One request and how its answer is read, as the client's connections take it. */
export interface Call<T> {
  readonly request: {
    readonly apiKey: number;
    readonly apiVersion: number;
    readonly apiName: string;
    encode(): Promise<unknown>;
  };
  readonly response: {
    decode(payload: Buffer): Promise<T>;
    parse(decoded: T): Promise<T>;
  };
  /** Time that the answer may take, ms, if it is longer than usual. */
  readonly requestTimeout?: number;
}

interface Transacting {
  readonly transactionalId: string;
  readonly producerId: string;
  readonly producerEpoch: number;
}

interface TopicPartitions {
  readonly topic: string;
  readonly partitions: readonly number[];
}

/** The part of the client's connection to a broker that is used here. */
export interface Broker {
  readonly connectionPool: { send<T>(call: Call<T>): Promise<T> };
  disconnect(): Promise<void>;
  initProducerId(of: {
    transactionalId: string;
    transactionTimeout: number;
  }): Promise<{ producerId: string; producerEpoch: number }>;
  addPartitionsToTxn(of: Transacting & { topics: readonly TopicPartitions[] }): Promise<unknown>;
  addOffsetsToTxn(of: Transacting & { groupId: string }): Promise<unknown>;
  txnOffsetCommit(
    of: Transacting & {
      groupId: string;
      topics: readonly {
        topic: string;
        partitions: readonly { partition: number; offset: string; metadata: string }[];
      }[];
    },
  ): Promise<unknown>;
  endTxn(of: Transacting & { transactionResult: boolean }): Promise<unknown>;
  /** Rejects if the broker cannot name one of the offsets, as after an election. */
  listOffsets(of: {
    replicaId: number;
    isolationLevel: number;
    topics: readonly {
      topic: string;
      partitions: readonly { partition: number; timestamp: number }[];
    }[];
  }): Promise<unknown>;
}

/** The part of the client's view of a cluster that is used here. */
export interface Cluster {
  connect(): Promise<void>;
  disconnect(): Promise<void>;
  isConnected(): boolean;
  refreshMetadata(): Promise<void>;
  refreshMetadataIfNecessary(): Promise<void>;
  addMultipleTargetTopics(topics: readonly string[]): Promise<void>;
  findTopicPartitionMetadata(
    topic: string,
  ): readonly { partitionId: number; leader: number | null; replicas?: readonly number[] }[];
  findBroker(of: { nodeId: string }): Promise<Broker>;
  findGroupCoordinator(of: { groupId: string; coordinatorType?: number }): Promise<Broker>;
}

/** Value of `coordinatorType` for transactions. */
export const transactions = 1;

type CreateCluster = (options: object) => Cluster;

/**
 * Opens a connection to the cluster of a client, for this use alone.
 * @throws MillraceError `client-changed`
 */
export function openCluster(kafka: Kafka): Cluster {
  const symbol = Object.getOwnPropertySymbols(kafka).find(
    ({ description }) => description === 'private:Kafka:createCluster',
  );
  const create = symbol && (kafka as unknown as Record<symbol, CreateCluster>)[symbol];
  if (!create) {
    throw new MillraceError({
      code: 'client-changed',
      what: 'The Kafka client does not make clusters where it used to.',
      why: 'Another version than the pinned one is installed.',
      todo: 'Install kafkajs at the version of package.json.',
    });
  }
  return create({ metadataMaxAge: 300_000, allowAutoTopicCreation: false });
}

/** Whether brokers have copies of a partition, so that another may lead it. */
export function isReplicated(cluster: Cluster, topic: string, partition: number): boolean {
  const found = cluster
    .findTopicPartitionMetadata(topic)
    .find(({ partitionId }) => partitionId === partition);
  return (found?.replicas?.length ?? 1) > 1;
}

/** Node id of the broker that leads a partition; undefined if there is none or it is not known. */
export function leaderOf(cluster: Cluster, topic: string, partition: number): string | undefined {
  const found = cluster
    .findTopicPartitionMetadata(topic)
    .find(({ partitionId }) => partitionId === partition);
  return found?.leader == null || found.leader < 0 ? undefined : String(found.leader);
}

export interface ProtocolError extends Error {
  readonly type: string;
  readonly retriable: boolean;
}

const { createErrorFromCode } = createRequire(import.meta.url)('kafkajs/src/protocol/error') as {
  createErrorFromCode(code: number): ProtocolError;
};

/**
 * The client's error for an error code of the protocol.
 * @param of the call that was refused, by its name in the protocol, and its topic
 */
export function protocolError(
  code: number,
  of: { readonly api?: string; readonly topic?: string } = {},
): ProtocolError {
  return Object.assign(createErrorFromCode(code), of);
}

/** The name of a protocol error (`NOT_LEADER_FOR_PARTITION` …); undefined for anything else. */
export function typeOf(error: unknown): string | undefined {
  return (error as { type?: string } | undefined)?.type;
}
