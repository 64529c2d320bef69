// Who has a task of the first stage, as the group sees it: a host may believe to have one that it has lost.
import { AssignerProtocol } from 'kafkajs';
import type { SimulatedCluster } from './broker/cluster.ts';
import type { Host } from './host.ts';
import { offers } from './job/topics.ts';

/** The host to which the group has given a partition, if it runs its task; undefined during a rebalance. */
export function ownerOf(
  cluster: SimulatedCluster,
  hosts: readonly Host[],
  partition: number,
): Host | undefined {
  for (const [memberId, bytes] of cluster.group('sim-join').assignments) {
    const assigned = AssignerProtocol.MemberAssignment.decode(bytes)?.assignment[offers.name];
    if (!assigned?.includes(partition)) continue;
    const host = hosts.find(({ life }) => life && memberId.startsWith(`${life.name}-`));
    return host?.running.includes(partition) ? host : undefined;
  }
  return undefined;
}
