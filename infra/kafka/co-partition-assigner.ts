// Gives partition p of every topic of a group to the same member, which a task needs; and leaves it with
// the member that has it, as far as an even spread allows, for a task that moves has to be restored.
import { AssignerProtocol, type PartitionAssigner } from 'kafkajs';
import { z } from 'zod';
import { gathered } from './places.ts';

const name = 'MillraceCoPartitionAssigner';

export interface Member {
  readonly memberId: string;
  /** Partitions that the member has. */
  readonly owned: readonly number[];
}

/**
 * Partition numbers by member: even to one, and with the members that had them as far as that
 * allows.
 */
export function spread(
  partitions: readonly number[],
  members: readonly Member[],
): Map<string, number[]> {
  const sorted = [...members].sort((a, b) => (a.memberId < b.memberId ? -1 : 1));
  const left = new Set([...partitions].sort((a, b) => a - b));
  const least = Math.floor(left.size / sorted.length);
  // So many members may have one more: those that have more already are asked first.
  let larger = left.size % sorted.length;
  const byMember = new Map<string, number[]>();
  const byOwned = [...sorted].sort((a, b) => b.owned.length - a.owned.length);
  for (const { memberId, owned } of byOwned) {
    const own = owned.filter((partition) => left.has(partition));
    const share = own.length > least && larger > 0 ? least + 1 : least;
    if (share > least) larger--;
    const kept = own.sort((a, b) => a - b).slice(0, share);
    for (const partition of kept) left.delete(partition);
    byMember.set(memberId, kept);
  }
  for (const partition of left) {
    const poorest = sorted.reduce((a, b) =>
      byMember.get(b.memberId)!.length < byMember.get(a.memberId)!.length ? b : a,
    );
    byMember.get(poorest.memberId)!.push(partition);
  }
  return byMember;
}

/**
 * @param owned gives the partitions that this member has now
 * @param address gives the address at which this member can be asked; undefined for none
 * @param gathers whether one member has it all; it is named as the one that has partition 0
 */
export function coPartitionAssigner(
  owned: () => readonly number[],
  address: () => string | undefined = () => undefined,
  gathers = false,
): PartitionAssigner {
  return ({ cluster }) => ({
    name,
    version: 1,
    async assign({ members, topics }) {
      const partitionsOf = new Map(
        topics.map((topic) => [
          topic,
          cluster.findTopicPartitionMetadata(topic).map(({ partitionId }) => partitionId),
        ]),
      );
      const all = gathers ? [gathered] : [...new Set([...partitionsOf.values()].flat())];
      const byMember = spread(
        all,
        members.map(({ memberId, memberMetadata }) => ({
          memberId,
          owned: saidBy(memberMetadata).owned,
        })),
      );
      return [...byMember].map(([memberId, partitions]) => {
        const assignment: Record<string, number[]> = {};
        for (const [topic, has] of partitionsOf) {
          assignment[topic] = partitions.filter((partition) => has.includes(partition));
        }
        return {
          memberId,
          memberAssignment: AssignerProtocol.MemberAssignment.encode({
            version: 0,
            assignment,
            userData: Buffer.alloc(0),
          }),
        };
      });
    },
    protocol({ topics }) {
      return {
        name,
        metadata: AssignerProtocol.MemberMetadata.encode({
          version: 0,
          topics,
          userData: Buffer.from(JSON.stringify({ owned: owned(), address: address() })),
        }),
      };
    },
  });
}

/** What a member says of itself when it joins. */
export interface MemberWords {
  /**
   * Partitions that it has. If two members name the same one, one of them is out of date and will find
   * out.
   */
  readonly owned: readonly number[];
  /** Address at which it can be asked; undefined if it cannot. */
  readonly address?: string | undefined;
}

const words = z.union([
  z.object({ owned: z.array(z.int()), address: z.string().optional() }),
  z.array(z.int()).transform((owned) => ({ owned })), // a member of an earlier version
]);

/** What a member says of itself; nothing for another program, or another version of this one. */
export function saidBy(metadata: Buffer): MemberWords {
  const userData = AssignerProtocol.MemberMetadata.decode(metadata)?.userData;
  try {
    return words.parse(JSON.parse(String(userData)));
  } catch {
    return { owned: [] };
  }
}
