// The simulated cluster: brokers that lead partitions and coordinate, and what all of them keep together.
// Replication is taken for granted: what was acknowledged outlives any broker.
import type { Chaos } from '../chaos.ts';
import type { VirtualTime } from '../virtual-time.ts';
import type { TopicPartition } from './api.ts';
import { Group } from './group.ts';
import { PartitionLog } from './log.ts';
import { Transactions } from './transactions.ts';

export interface Node {
  readonly id: string;
  alive: boolean;
  /** Number of times that it has begun. */
  life: number;
}

/** Time between two looks for transactions that are open for too long, ms. */
const expiryLookMs = 1_000;

/** Time after which a marker is tried again whose partition has no leader, ms. */
const markAgainMs = 60;

export class SimulatedCluster {
  readonly nodes: readonly Node[];
  readonly transactions: Transactions;
  readonly time: VirtualTime;
  readonly chaos: Chaos;
  private readonly topics = new Map<string, PartitionLog[]>();
  private readonly leaders = new Map<string, Node>();
  private readonly groups = new Map<string, Group>();
  private readonly appended = new Map<string, Set<() => void>>();

  /** @param mostMs longest time that a transaction may be open, ms */
  constructor(time: VirtualTime, chaos: Chaos, brokers: number, mostMs: number) {
    this.time = time;
    this.chaos = chaos;
    this.nodes = Array.from({ length: brokers }, (_, i) => ({ id: `${i}`, alive: true, life: 1 }));
    this.transactions = new Transactions({
      mark: (...of) => this.mark(...of),
      now: () => time.now,
      mostMs,
    });
    const look = () => {
      this.transactions.abortExpired();
      time.after(expiryLookMs, look);
    };
    time.after(expiryLookMs, look);
  }

  createTopic(name: string, partitions: number): void {
    const logs = Array.from({ length: partitions }, (_, partition) => {
      const log = new PartitionLog();
      const place = `${name}/${partition}`;
      this.leaders.set(place, this.nodes[hash(place) % this.nodes.length]!);
      log.onAppended = () => {
        for (const call of [...(this.appended.get(place) ?? [])]) call();
      };
      return log;
    });
    this.topics.set(name, logs);
  }

  get topicNames(): readonly string[] {
    return [...this.topics.keys()];
  }

  logsOf(topic: string): readonly PartitionLog[] {
    return this.topics.get(topic) ?? [];
  }

  log({ topic, partition }: TopicPartition): PartitionLog | undefined {
    return this.topics.get(topic)?.[partition];
  }

  group(id: string): Group {
    let group = this.groups.get(id);
    if (!group) {
      group = new Group((ms, call) => this.time.after(ms, call));
      this.groups.set(id, group);
    }
    return group;
  }

  /** The broker that leads a partition; undefined while none does. */
  leaderOf({ topic, partition }: TopicPartition): Node | undefined {
    const leader = this.leaders.get(`${topic}/${partition}`);
    return leader?.alive ? leader : undefined;
  }

  /** The broker that coordinates a group or a transactional id; undefined while none does. */
  coordinatorOf(key: string): Node | undefined {
    const leader = this.leaders.get(key) ?? this.nodes[hash(key) % this.nodes.length]!;
    return leader.alive ? leader : undefined;
  }

  /** Ends a broker; others take over what it led, after a while. */
  kill(node: Node): void {
    node.alive = false;
    this.time.after(50 + this.chaos.lateness() / 4, () => this.elect());
  }

  revive(node: Node): void {
    node.alive = true;
    node.life++;
  }

  /** Calls whenever something is appended to a partition. @returns what ends it */
  onAppended({ topic, partition }: TopicPartition, call: () => void): () => void {
    const place = `${topic}/${partition}`;
    const calls = this.appended.get(place) ?? new Set();
    this.appended.set(place, calls.add(call));
    return () => calls.delete(call);
  }

  /** Gives the partitions of dead brokers to living ones. */
  private elect(): void {
    const living = this.nodes.filter(({ alive }) => alive);
    if (living.length === 0) return;
    for (const [place, leader] of this.leaders) {
      if (!leader.alive) this.leaders.set(place, living[hash(place) % living.length]!);
    }
    // Coordinators are named by what they coordinate, and found in the same map once they have moved.
    for (const key of this.coordinated) {
      if (!this.coordinatorOf(key)) this.leaders.set(key, living[hash(key) % living.length]!);
    }
  }

  /** What was coordinated so far. */
  readonly coordinated = new Set<string>();

  private mark(
    participant: string,
    producerId: number,
    epoch: number,
    commit: boolean,
    done: () => void,
  ): void {
    this.time.after(this.chaos.delay(), () => {
      const leader = this.leaders.get(participant) ?? this.nodes[0]!;
      if (!leader.alive) {
        const again = () => this.mark(participant, producerId, epoch, commit, done);
        this.time.after(markAgainMs, again);
        return;
      }
      const slash = participant.lastIndexOf('/');
      const topic = participant.slice(0, slash);
      if (topic === 'group')
        this.group(participant.slice(slash + 1)).mark(producerId, epoch, commit);
      else {
        const partition = Number(participant.slice(slash + 1));
        this.log({ topic, partition })!.mark(producerId, epoch, commit);
      }
      this.time.after(this.chaos.delay(), done);
    });
  }
}

/** FNV-1a, 32 bits. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  return value >>> 0;
}
