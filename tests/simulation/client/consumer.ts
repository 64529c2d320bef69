// The consumer of the client, as the runtime uses it: a member of a group, and nothing else. It joins, takes
// its assignment, says that it lives, and joins again when it is told to.
import type { PartitionAssigner } from 'kafkajs';
import { AssignerProtocol } from 'kafkajs';
import type { Answer } from '../broker/api.ts';
import type { ClientBroker, ClientEnvironment } from './broker.ts';
import { ClientCluster } from './cluster.ts';
import { retrying } from './retry.ts';

export interface ConsumerOptions {
  readonly groupId: string;
  readonly partitionAssigners: readonly PartitionAssigner[];
  readonly sessionTimeout: number;
  readonly rebalanceTimeout: number;
  readonly heartbeatInterval: number;
}

type Listener = (event: { payload: object }) => void;

/** Errors after which a member joins again. */
const rejoining = new Set(['REBALANCE_IN_PROGRESS', 'ILLEGAL_GENERATION', 'UNKNOWN_MEMBER_ID']);

const typeOf = (error: unknown) => (error as { type?: string }).type ?? '';

export class GroupConsumer {
  readonly events = {
    GROUP_JOIN: 'consumer.group_join',
    CRASH: 'consumer.crash',
    END_BATCH_PROCESS: 'consumer.end_batch_process',
  };
  private readonly env: ClientEnvironment;
  private readonly options: ConsumerOptions;
  private readonly cluster: ClientCluster;
  private readonly listeners = new Map<string, Listener[]>();
  private topics: readonly string[] = [];
  private memberId = '';
  private generation = -1;
  private running = false;

  constructor(env: ClientEnvironment, options: ConsumerOptions) {
    this.env = env;
    this.options = options;
    this.cluster = new ClientCluster(env);
  }

  on(event: string, listener: Listener): void {
    this.listeners.set(event, [...(this.listeners.get(event) ?? []), listener]);
  }

  connect(): Promise<void> {
    return this.cluster.connect();
  }

  async subscribe({ topics }: { topics: readonly string[] }): Promise<void> {
    this.topics = topics;
    await this.cluster.addMultipleTargetTopics(topics);
  }

  pause(): void {}

  async run(): Promise<void> {
    this.running = true;
    await this.begin();
  }

  /** Leaves the group. */
  async disconnect(): Promise<void> {
    this.running = false;
    const { groupId } = this.options;
    const { memberId } = this;
    if (memberId !== '') {
      try {
        const coordinator = await this.cluster.findGroupCoordinator({ groupId });
        await coordinator.asked('leaveGroup', { groupId, memberId });
      } catch {
        // its session will end by itself
      }
    }
    await this.cluster.disconnect();
  }

  private emit(event: string, payload: object): void {
    for (const listener of this.listeners.get(event) ?? []) listener({ payload });
  }

  private async begin(): Promise<void> {
    try {
      await this.cluster.connect();
      await this.joinAndSync();
    } catch (error) {
      await this.crash(error);
      return;
    }
    void this.stay();
  }

  /** Says that it lives for as long as it does. */
  private async stay(): Promise<void> {
    const { groupId, heartbeatInterval } = this.options;
    while (this.running) {
      await this.env.life.clock.sleep(heartbeatInterval);
      if (!this.running) return;
      try {
        await retrying(this.env.life, async () => {
          const { memberId, generation } = this;
          try {
            const coordinator = await this.cluster.findGroupCoordinator({ groupId });
            await coordinator.asked('heartbeat', { groupId, memberId, generation });
          } catch (error) {
            if (!this.running) return;
            if (!rejoining.has(typeOf(error))) throw error;
            if (typeOf(error) === 'UNKNOWN_MEMBER_ID') this.memberId = '';
            await this.joinAndSync();
          }
        });
      } catch (error) {
        if (this.running) await this.crash(error);
        return;
      }
    }
  }

  /** The client ends, and begins anew if the error may pass. */
  private async crash(error: unknown): Promise<void> {
    await this.cluster.disconnect();
    this.emit(this.events.CRASH, { error, restart: true });
    await this.env.life.clock.sleep(300);
    if (this.running) await this.begin();
  }

  private joinAndSync(): Promise<void> {
    return retrying(this.env.life, async () => {
      if (!this.running) return;
      try {
        await this.joinOnce();
      } catch (error) {
        if (typeOf(error) === 'UNKNOWN_MEMBER_ID') this.memberId = '';
        if (rejoining.has(typeOf(error))) Object.assign(error as object, { retriable: true });
        throw error;
      }
    });
  }

  private async joinOnce(): Promise<void> {
    const { groupId, sessionTimeout, rebalanceTimeout, partitionAssigners } = this.options;
    const assigner = partitionAssigners[0]!({ cluster: this.cluster } as never);
    const coordinator = await this.cluster.findGroupCoordinator({ groupId });
    const joined = await coordinator.asked('joinGroup', {
      groupId,
      memberId: this.memberId,
      clientId: this.env.life.name,
      sessionTimeout,
      rebalanceTimeout,
      metadata: assigner.protocol({ topics: [...this.topics] }).metadata,
    });
    this.memberId = joined.memberId;
    this.generation = joined.generation;
    const { assignment } = await this.sync(coordinator, joined, assigner);
    const decoded = AssignerProtocol.MemberAssignment.decode(assignment);
    if (!this.running) return;
    const memberAssignment = decoded?.assignment ?? {};
    this.emit(this.events.GROUP_JOIN, { memberAssignment, memberId: this.memberId });
  }

  private async sync(
    coordinator: ClientBroker,
    { leaderId, memberId, generation, members }: Answer<'joinGroup'>,
    assigner: ReturnType<PartitionAssigner>,
  ) {
    let assignments: { memberId: string; memberAssignment: Buffer }[] = [];
    if (leaderId === memberId) {
      await this.cluster.refreshMetadata();
      assignments = await assigner.assign({ members: [...members], topics: [...this.topics] });
    }
    const { groupId } = this.options;
    return coordinator.asked('syncGroup', { groupId, memberId, generation, assignments });
  }
}
