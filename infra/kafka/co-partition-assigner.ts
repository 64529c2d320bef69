// Gives partition p of every topic of a group to the same member, which a task needs; round-robin
// over topics, the client's default, would tear a task's inputs apart.
import { AssignerProtocol, type PartitionAssigner } from 'kafkajs';

const name = 'MillraceCoPartitionAssigner';

/** Partition numbers by member: spread evenly over the sorted members. */
export function spread(partitions: readonly number[], members: readonly string[]) {
  const sorted = [...members].sort();
  const byMember = new Map<string, number[]>(sorted.map((member) => [member, []]));
  for (const partition of [...partitions].sort((a, b) => a - b)) {
    byMember.get(sorted[partition % sorted.length]!)!.push(partition);
  }
  return byMember;
}

export const coPartitionAssigner: PartitionAssigner = ({ cluster }) => ({
  name,
  version: 0,
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
      members.map(({ memberId }) => memberId),
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
        userData: Buffer.alloc(0),
      }),
    };
  },
});
