// The groups of a cluster, of every kind.
import type { Admin, Kafka } from 'kafkajs';
import { isClientError } from './broker-errors.ts';
import { retryTransient } from './retry.ts';
import { onBroker } from './retry-policy.ts';
import { type Cluster, openCluster, protocolError, typeOf } from './wire/cluster.ts';
import { countMembersCall, type ListedGroup, listGroupsCall } from './wire/groups.ts';

/** The client's view of all brokers. */
interface WholeCluster extends Cluster {
  /** Numbers of the brokers that are known. */
  getNodeIds(): readonly string[];
}

export interface Group extends ListedGroup {
  /** Number of members; undefined where the broker does not tell. */
  readonly members: number | undefined;
}

/**
 * Every group that may be seen.
 * @param isOurs whether the members of a group are counted, by its name
 */
export async function groupsOf(
  kafka: Kafka,
  admin: Admin,
  isOurs: (group: string) => boolean,
): Promise<Group[]> {
  const cluster = openCluster(kafka) as WholeCluster;
  try {
    await cluster.connect();
    const listed = await retryTransient(() => listGroups(cluster, admin));
    return await Promise.all(
      listed.map(async (one) => ({
        ...one,
        members: isOurs(one.group) ? await membersOf(cluster, admin, one) : undefined,
      })),
    );
  } finally {
    await cluster.disconnect();
  }
}

async function listGroups(cluster: WholeCluster, admin: Admin): Promise<ListedGroup[]> {
  await cluster.refreshMetadata();
  const found: ListedGroup[] = [];
  for (const nodeId of cluster.getNodeIds()) {
    const broker = await cluster.findBroker({ nodeId });
    try {
      const { errorCode, groups } = await onBroker(broker, (to) =>
        to.connectionPool.send(listGroupsCall()),
      );
      if (errorCode !== 0) throw protocolError(errorCode, { api: 'ListGroups' });
      found.push(...groups);
    } catch (error) {
      if (!isOlder(error)) throw error;
      return listClassic(admin);
    }
  }
  return found;
}

/** Whether a broker does not know the call: before Kafka 3.8 there are classic groups alone. */
const isOlder = (error: unknown) =>
  typeOf(error) === 'UNSUPPORTED_VERSION' ||
  (isClientError(error) && error.name === 'KafkaJSConnectionClosedError');

async function listClassic(admin: Admin): Promise<ListedGroup[]> {
  const { groups } = await admin.listGroups();
  const ids = groups.map(({ groupId }) => groupId);
  const described = ids.length > 0 ? (await admin.describeGroups(ids)).groups : [];
  return described.map(({ groupId, state }) => ({ group: groupId, state, kind: 'classic' }));
}

async function membersOf(
  cluster: Cluster,
  admin: Admin,
  listed: ListedGroup,
): Promise<number | undefined> {
  const { group } = listed;
  if (listed.kind === 'classic') {
    const { groups } = await retryTransient(() => admin.describeGroups([group]));
    return groups[0]?.members.length;
  }
  const call = countMembersCall(listed);
  if (!call) return undefined;
  return retryTransient(async () => {
    const broker = await cluster.findGroupCoordinator({ groupId: group });
    const { errorCode, members } = await onBroker(broker, (to) => to.connectionPool.send(call));
    if (errorCode !== 0)
      throw protocolError(errorCode, { api: call.request.apiName, topic: group });
    return members;
  });
}
