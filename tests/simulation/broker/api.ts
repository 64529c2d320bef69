// The requests that the simulated brokers answer, and their answers: the part of Kafka's protocol that the
// runtime uses, as objects. Record batches are bytes, as on the wire.

export interface TopicPartition {
  readonly topic: string;
  readonly partition: number;
}

/** Who writes in a transaction. */
export interface Transacting {
  readonly transactionalId: string;
  readonly producerId: number;
  readonly producerEpoch: number;
}

export interface Failable {
  /** Code of the protocol; 0 for success. */
  readonly errorCode: number;
}

export interface FetchPartition extends TopicPartition {
  readonly offset: number;
}

export interface FetchAnswer extends TopicPartition, Failable {
  readonly highWatermark: number;
  readonly lastStable: number;
  readonly logStart: number;
  readonly aborted: readonly { readonly producerId: number; readonly firstOffset: number }[];
  readonly bytes: Buffer;
}

export interface OffsetAndText {
  readonly offset: number;
  readonly metadata: string;
}

export interface JoiningMember {
  readonly memberId: string;
  readonly memberMetadata: Buffer;
}

export interface Api {
  connect: { ask: object; answer: Failable };
  metadata: {
    ask: object;
    answer: {
      readonly nodes: readonly string[];
      /** Leader of each partition by topic; undefined where there is none. */
      readonly topics: ReadonlyMap<string, readonly (string | undefined)[]>;
    };
  };
  findCoordinator: {
    ask: { readonly key: string };
    answer: Failable & { readonly node: string };
  };
  listOffsets: {
    ask: { readonly partitions: readonly TopicPartition[]; readonly at: 'oldest' | 'end' };
    answer: { readonly offsets: readonly (TopicPartition & Failable & { offset: number })[] };
  };
  fetch: {
    ask: {
      readonly committed: boolean;
      readonly maxWaitMs: number;
      readonly minBytes: number;
      readonly partitions: readonly FetchPartition[];
    };
    answer: { readonly partitions: readonly FetchAnswer[] };
  };
  produce: {
    ask: {
      readonly transactionalId: string;
      readonly batches: readonly (TopicPartition & { readonly batch: Buffer })[];
    };
    answer: {
      readonly partitions: readonly (TopicPartition & Failable & { baseOffset: number })[];
    };
  };
  initProducerId: {
    ask: {
      readonly transactionalId: string;
      readonly timeoutMs: number;
      /** Identity of who holds the id already and wants a new epoch. */
      readonly holder?: { readonly producerId: number; readonly producerEpoch: number };
    };
    answer: Failable & { readonly producerId: number; readonly producerEpoch: number };
  };
  addPartitionsToTxn: {
    ask: Transacting & { readonly partitions: readonly TopicPartition[] };
    answer: Failable;
  };
  addOffsetsToTxn: { ask: Transacting & { readonly groupId: string }; answer: Failable };
  txnOffsetCommit: {
    ask: Transacting & {
      readonly groupId: string;
      readonly offsets: readonly (TopicPartition & OffsetAndText)[];
    };
    answer: Failable;
  };
  endTxn: { ask: Transacting & { readonly commit: boolean }; answer: Failable };
  offsetFetch: {
    ask: { readonly groupId: string; readonly partitions: readonly TopicPartition[] };
    answer: Failable & { readonly offsets: readonly (TopicPartition & OffsetAndText)[] };
  };
  joinGroup: {
    ask: {
      readonly groupId: string;
      readonly memberId: string;
      readonly clientId: string;
      readonly sessionTimeout: number;
      readonly rebalanceTimeout: number;
      readonly metadata: Buffer;
    };
    answer: Failable & {
      readonly memberId: string;
      readonly leaderId: string;
      readonly generation: number;
      /** Everybody, for the leader; nobody for others. */
      readonly members: readonly JoiningMember[];
    };
  };
  syncGroup: {
    ask: {
      readonly groupId: string;
      readonly memberId: string;
      readonly generation: number;
      readonly assignments: readonly {
        readonly memberId: string;
        readonly memberAssignment: Buffer;
      }[];
    };
    answer: Failable & { readonly assignment: Buffer };
  };
  heartbeat: {
    ask: { readonly groupId: string; readonly memberId: string; readonly generation: number };
    answer: Failable;
  };
  leaveGroup: { ask: { readonly groupId: string; readonly memberId: string }; answer: Failable };
  /** The registry: the schema that a record names. */
  schema: { ask: { readonly id: number }; answer: Failable };
}

export type ApiName = keyof Api;
export type Ask<A extends ApiName> = Api[A]['ask'];
export type Answer<A extends ApiName> = Api[A]['answer'];

/** Sends a request and gives its answer; rejects with the client's errors for a connection that failed. */
export type Send = <A extends ApiName>(api: A, ask: Ask<A>) => Promise<Answer<A>>;

/** Error codes of the protocol that the brokers give. */
export const codes = {
  none: 0,
  offsetOutOfRange: 1,
  unknownTopic: 3,
  notLeader: 6,
  notCoordinator: 16,
  coordinatorNotAvailable: 15,
  notEnoughReplicas: 19,
  illegalGeneration: 22,
  unknownMember: 25,
  invalidTimestamp: 32,
  rebalanceInProgress: 27,
  outOfOrderSequence: 45,
  invalidProducerEpoch: 47,
  invalidTxnState: 48,
  invalidProducerIdMapping: 49,
  concurrentTransactions: 51,
  producerFenced: 90,
} as const;
