// Membership in a consumer group, and nothing else of a consumer: who has which partitions. What is
// fetched, and when, is the runtime's own business, so the client is told to fetch nothing.
import type { Consumer, Kafka } from 'kafkajs';
import { coPartitionAssigner } from './co-partition-assigner.ts';
import { clientRetry } from './connect.ts';
import { setInstanceId } from './static-membership.ts';
import type { MembershipTiming } from './timing.ts';

/** Pause between two looks whether a heartbeat is due, ms. */
const lookEveryMs = 250;

const rebalanceTimeout = 60_000;

export interface MembershipOptions {
  readonly kafka: Kafka;
  readonly groupId: string;
  /** Co-partitioned topics that the group reads. */
  readonly topics: readonly string[];
  readonly timing: MembershipTiming;
  /** Name under which this member comes back after a restart without a rebalance. */
  readonly instanceId?: string | undefined;
  /** Gives the partitions that this member has now; it keeps them if it can. */
  readonly owned: () => readonly number[];
  /** Gives the address at which this member can be asked. @default none */
  readonly address?: (() => string | undefined) | undefined;
  /** Whether one member has every partition of every topic. @default false */
  readonly gathers?: boolean | undefined;
  /**
   * Called when the group gives this member these partitions of every topic. A member with another id than
   * before was out of the group meanwhile, and others may have had its partitions.
   */
  readonly onAssigned: (partitions: readonly number[], memberId: string) => void;
  readonly onFailed: (error: unknown) => void;
}

export class Membership {
  private readonly options: MembershipOptions;
  private readonly consumer: Consumer;
  private left = false;

  constructor(options: MembershipOptions) {
    const { kafka, groupId, timing, instanceId } = options;
    this.options = options;
    if (instanceId !== undefined) setInstanceId(groupId, instanceId);
    this.consumer = kafka.consumer({
      groupId,
      partitionAssigners: [coPartitionAssigner(options.owned, options.address, options.gathers)],
      rebalanceTimeout,
      sessionTimeout: timing.sessionTimeoutMs,
      heartbeatInterval: timing.heartbeatIntervalMs,
      maxWaitTimeInMs: lookEveryMs,
      // The client restarts one that crashed, even after it was told to disconnect: it would join the group
      // again, behind whoever follows this one, and have partitions that nobody works on.
      retry: { ...clientRetry, restartOnFailure: async () => !this.left },
    });
  }

  async join(): Promise<void> {
    const { consumer } = this;
    const { topics, onAssigned, onFailed } = this.options;
    await consumer.connect();
    consumer.on(consumer.events.GROUP_JOIN, ({ payload: { memberAssignment, memberId } }) => {
      if (this.left) return void this.leave();
      const partitions = [...new Set(Object.values(memberAssignment).flat())];
      for (const topic of topics) consumer.pause([{ topic, partitions }]);
      onAssigned(
        partitions.sort((a, b) => a - b),
        memberId,
      );
    });
    consumer.on(consumer.events.CRASH, ({ payload }) => {
      if (!payload.restart) onFailed(payload.error);
    });
    await consumer.subscribe({ topics: [...topics], fromBeginning: true });
    await consumer.run({ autoCommit: false, eachBatch: async () => {} });
  }

  /** Leaves the group; a static member stays in it until its session is over. */
  async leave(): Promise<void> {
    this.left = true;
    await this.consumer.disconnect();
  }
}
