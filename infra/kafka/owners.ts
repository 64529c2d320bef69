// Which member of a group has the partition of a key, and where it can be asked: as the group's coordinator
// tells of its members, looked at again when it was wrong.
import { type Admin, AssignerProtocol, type Kafka } from 'kafkajs';
import { type Clock, systemClock } from './clock.ts';
import { saidBy } from './co-partition-assigner.ts';
import { partitionOf } from './wire/murmur2.ts';

/** Shortest time between two looks, ms. */
const lookEveryMs = 100;

export interface OwnersOptions {
  readonly kafka: Kafka;
  readonly groupId: string;
  /** Name of a topic that the group reads. */
  readonly topic: string;
  /** @default the time of the machine */
  readonly clock?: Clock;
}

interface Look {
  readonly at: number;
  readonly partitions: number;
  /** Addresses by partition; empty for a member that has none. */
  readonly addresses: ReadonlyMap<number, string>;
}

export class PartitionOwners implements AsyncDisposable {
  private readonly options: OwnersOptions;
  private readonly clock: Clock;
  private readonly admin: Admin;
  private connecting: Promise<void> | undefined;
  private looking: Promise<Look> | undefined;
  private latest: Look | undefined;

  /** Connects at the first question. */
  constructor(options: OwnersOptions) {
    this.options = options;
    this.clock = options.clock ?? systemClock;
    this.admin = options.kafka.admin();
  }

  /**
   * The address of the member that has the key's partition; empty if it has none, undefined while no
   * member has the partition.
   */
  async addressOf(key: string): Promise<string | undefined> {
    const { partitions, addresses } = this.latest ?? (await this.look());
    return addresses.get(partitionOf(Buffer.from(key), partitions));
  }

  /** To be called when an address was wrong, or there was none: the next question looks again. */
  wasWrong(): void {
    if (this.latest && this.clock.now() - this.latest.at > lookEveryMs) this.latest = undefined;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.connecting?.then(() => this.admin.disconnect()).catch(() => {});
  }

  private look(): Promise<Look> {
    this.looking ??= this.ask()
      .then((look) => {
        this.latest = look;
        return look;
      })
      .finally(() => {
        this.looking = undefined;
      });
    return this.looking;
  }

  private async ask(): Promise<Look> {
    const { groupId, topic } = this.options;
    this.connecting ??= this.admin.connect().catch((error: unknown) => {
      this.connecting = undefined;
      throw error;
    });
    await this.connecting;
    const [{ groups }, { topics }] = await Promise.all([
      this.admin.describeGroups([groupId]),
      this.admin.fetchTopicMetadata({ topics: [topic] }),
    ]);
    const addresses = new Map<number, string>();
    for (const { memberMetadata, memberAssignment } of groups[0]?.members ?? []) {
      const { address = '' } = saidBy(memberMetadata);
      const assigned = AssignerProtocol.MemberAssignment.decode(memberAssignment)?.assignment;
      for (const partition of assigned?.[topic] ?? []) addresses.set(partition, address);
    }
    return {
      at: this.clock.now(),
      partitions: topics[0]?.partitions.length ?? 1,
      addresses,
    };
  }
}
