// What happens to brokers: one of them ends and comes back, two of three do, or one is cut off from the workers.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Admin } from 'kafkajs';
import type { Cluster } from './cluster.ts';
import { partitions } from './job.ts';
import type { Fault, Kind } from './plan.ts';

/** Longer than the session of a broker, after which others lead in its place, ms. */
export const leaderlessMs = 11_000;

/** What is known of the group where a broker is to be chosen. */
export interface BrokerScene {
  readonly cluster: Cluster;
  readonly admin: Admin;
  readonly group: string;
}

type BrokerKind = Extract<
  Kind,
  `broker-${string}` | 'coordinator-kill' | 'two-away' | 'isolate-broker'
>;

/** @returns what happened, for people */
export async function strikeBroker(
  kind: BrokerKind,
  { draw, call }: Fault,
  { cluster, admin, group }: BrokerScene,
): Promise<string> {
  const { brokers, links } = cluster;
  const drawn = draw % brokers.length;
  switch (kind) {
    case 'broker-kill':
    case 'broker-stop': {
      // Alone it is missed at once; of several, sometimes for so long that others lead in its place.
      const most = brokers.length > 1 ? leaderlessMs + 2_000 : 2_000;
      await brokers[drawn]!.restart(kind === 'broker-kill' ? 'kill' : 'stop', call % most);
      return `broker ${drawn + 1} is back`;
    }
    case 'coordinator-kill': {
      const ofGroup = call % 2 === 0;
      const id = ofGroup ? group : `${group}-${draw % partitions}`;
      const topic = ofGroup ? '__consumer_offsets' : '__transaction_state';
      const leader = await leaderFor(admin, topic, id);
      await brokers[leader - 1]!.restart('kill', call % (leaderlessMs + 2_000));
      return `broker ${leader}, which kept ${ofGroup ? 'the group' : 'a task’s transactions'}, is back`;
    }
    case 'two-away': {
      const two = brokers.filter((_, i) => i !== drawn);
      await Promise.all(two.map((one) => one.restart('kill', call % leaderlessMs)));
      return `all but broker ${drawn + 1} were away, and are back`;
    }
    case 'isolate-broker':
      for (const { toBrokers } of links) toBrokers[drawn]!.hold();
      await sleep(leaderlessMs);
      for (const { toBrokers } of links) toBrokers[drawn]!.release();
      return `broker ${drawn + 1} was out of reach for ${leaderlessMs} ms`;
  }
}

/** Id of the broker that keeps a group, or the transactions of an id: it leads their partition. */
async function leaderFor(admin: Admin, topic: string, id: string): Promise<number> {
  const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
  const of = topics[0]!.partitions;
  const partition = Math.abs(javaHash(id)) % of.length;
  const leader = of.find(({ partitionId }) => partitionId === partition)?.leader ?? -1;
  return leader > 0 ? leader : 1;
}

/** `String.hashCode` of Java, by which a broker chooses the partition of an id. */
function javaHash(text: string): number {
  let hash = 0;
  for (let i = 0; i < text.length; i++) hash = (Math.imul(31, hash) + text.charCodeAt(i)) | 0;
  return hash;
}
