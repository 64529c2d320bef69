// What befalls members and brokers in a run: which faults, when, to whom, all drawn from the seed.
import type { Random } from '../../models/random.ts';
import { topicsOf } from '../../streams/engine/topology.ts';
import type { Node } from './broker/cluster.ts';
import { Host, type HostEnvironment } from './host.ts';
import { answers, offers } from './job/topics.ts';
import { hasPosition, keysOf } from './verify.ts';

export const kinds = [
  'crash',
  'crash',
  'replace',
  'freeze',
  'cut-off',
  'cut',
  'broker',
  'registry',
  'expire',
  'retention',
  'compaction',
  'join',
  'leave',
] as const;
export type Kind = (typeof kinds)[number];

export class Faults {
  readonly hosts: Host[] = [];
  private readonly env: HostEnvironment;
  private readonly random: Random;
  private readonly groups: readonly string[];
  private readonly partitions: number;
  private over = false;

  constructor(env: HostEnvironment, random: Random, members: number, partitions: number) {
    this.env = env;
    this.random = random;
    this.partitions = partitions;
    this.groups = env.topology.stages.map(({ name }) => `sim-${name}`);
    for (let i = 0; i < members; i++) this.add();
  }

  /** Draws some faults between two times, ms. */
  draw(from: number, to: number): void {
    const { time } = this.env.cluster;
    for (let left = 1 + this.random.below(6); left > 0; left--) {
      const kind = kinds[this.random.below(kinds.length)]!;
      time.after(from + (to - from) * this.random.next(), () => {
        this.env.trace.say(() => `*** ${kind}`);
        this.strike(kind);
      });
    }
  }

  /** Nothing fails any more, and whatever failed comes back. */
  calm(): void {
    this.over = true;
    const { cluster, registry } = this.env;
    cluster.chaos.calm();
    for (const node of [...cluster.nodes, registry]) if (!node.alive) cluster.revive(node);
    for (const host of this.hosts) {
      if (host.life) host.life.thawsAt = host.life.reachableAt = cluster.time.now;
      if (host.wanted) host.start();
    }
  }

  private add(): void {
    const host = new Host(`m${this.hosts.length}`, this.env);
    this.hosts.push(host);
    // Two at the same moment, or one after the other.
    this.env.cluster.time.after(this.random.below(3) * 400, () => host.start());
  }

  private strike(kind: Kind): void {
    const { cluster, registry } = this.env;
    const host = this.pick();
    const life = host?.life;
    const until = cluster.time.now + this.between(1_000, 12_000);
    const strikes: Record<Kind, () => void> = {
      crash: () => this.crash(host),
      replace: () => void host?.stop().then(() => this.again(host, 100)),
      leave: () => void this.leave(host),
      join: () => {
        if (this.hosts.length < 4) this.add();
      },
      freeze: () => {
        if (life) life.thawsAt = until;
      },
      'cut-off': () => {
        if (life) life.reachableAt = until;
      },
      cut: () => {
        for (const one of [...(life?.connections ?? [])]) one.cut(this.random.next() < 0.9);
      },
      broker: () => this.away(cluster.nodes[this.random.below(cluster.nodes.length)]!, 8_000),
      registry: () => this.away(registry, 3_000),
      expire: () => this.expire(),
      retention: () => this.retain(),
      compaction: () => this.compact(),
    };
    strikes[kind]();
  }

  private pick(): Host | undefined {
    const living = this.hosts.filter(({ life }) => life);
    return living[this.random.below(Math.max(1, living.length))];
  }

  private between(from: number, to: number): number {
    return from + (to - from) * this.random.next() ** 2;
  }

  private again(host: Host, ms: number): void {
    this.env.cluster.time.after(ms, () => {
      if (host.wanted) host.start();
    });
  }

  private crash(host: Host | undefined): void {
    host?.kill();
    if (host) this.again(host, this.between(50, 4_000));
  }

  private async leave(host: Host | undefined): Promise<void> {
    if (!host || this.hosts.filter(({ wanted }) => wanted).length < 2) return;
    host.wanted = false;
    await host.stop();
  }

  private away(node: Node, most: number): void {
    const { cluster } = this.env;
    if (!node.alive || this.over) return;
    cluster.kill(node);
    cluster.time.after(this.between(200, most), () => {
      if (!node.alive) cluster.revive(node);
    });
  }

  /** Nobody was in the groups for so long that their offsets expired. */
  private expire(): void {
    const { cluster } = this.env;
    const members = this.hosts.filter(({ wanted }) => wanted);
    for (const host of members) host.kill();
    const ms = this.between(50, 2_000);
    cluster.time.after(ms, () => {
      for (const group of this.groups) cluster.group(group).offsets.clear();
    });
    for (const host of members) this.again(host, ms + 1);
  }

  /** Retention deletes the beginning of an input, whether it was read or not. */
  private retain(): void {
    const topic = (this.random.next() < 0.5 ? offers : answers).name;
    const partition = this.random.below(this.partitions);
    // Of input that nobody has begun to read, nothing is missed.
    if (!hasPosition(this.env.cluster, partition)) return;
    const log = this.env.cluster.log({ topic, partition })!;
    const offset = log.start + Math.ceil((log.end - log.start) * this.random.next());
    this.env.trace.say(() => `${topic}/${partition} begins at ${offset}`);
    log.deleteBefore(offset);
  }

  /** The cleaner passes over every compacted topic. */
  private compact(): void {
    const { cluster, topology } = this.env;
    for (const { name, compacted } of topicsOf(topology)) {
      if (compacted) for (const log of cluster.logsOf(name)) log.compact(keysOf);
    }
  }
}
