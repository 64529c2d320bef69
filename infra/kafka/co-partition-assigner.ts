// Gives partition p of every topic of a group to the same member, which a task needs; and leaves it with
// the member that has it, as far as an even spread allows, for a task that moves has to be restored.
import { AssignerProtocol, type PartitionAssigner } from 'kafkajs';

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

/** @param owned gives the partitions that this member has now */
export function coPartitionAssigner(owned: () => readonly number[]): PartitionAssigner {
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
      const all = [...new Set([...partitionsOf.values()].flat())];
      const byMember = spread(
        all,
        members.map(({ memberId, memberMetadata }) => ({
          memberId,
          owned: ownedBy(memberMetadata),
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
          userData: Buffer.from(JSON.stringify(owned())),
        }),
      };
    },
  });
}

/**
 * The partitions that a member says it has. If two members name the same one, one of them is out of
 * date and will find out.
 */
function ownedBy(metadata: Buffer): number[] {
  const userData = AssignerProtocol.MemberMetadata.decode(metadata)?.userData;
  if (!userData || userData.length === 0) return [];
  try {
    const owned: unknown = JSON.parse(userData.toString());
    return Array.isArray(owned) ? owned.filter(Number.isInteger) : [];
  } catch {
    return []; // another version of this program
  }
}
