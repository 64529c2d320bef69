// The admin of the client: the calls that the runtime makes, each in the round trips it takes.
import { leaderOf, protocolError } from '../../../infra/kafka/wire/cluster.ts';
import type { TopicPartition } from '../broker/api.ts';
import type { ClientEnvironment } from './broker.ts';
import { ClientCluster } from './cluster.ts';
import { retrying } from './retry.ts';

export function adminOf(env: ClientEnvironment) {
  const cluster = new ClientCluster(env);
  const again = <T>(call: () => Promise<T>) => retrying(env.life, call);

  const partitionsOf = async (topic: string): Promise<TopicPartition[]> => {
    await cluster.addMultipleTargetTopics([topic]);
    const found = cluster.findTopicPartitionMetadata(topic);
    return found.map(({ partitionId }) => ({ topic, partition: partitionId }));
  };

  const offsetsOf = async (partitions: readonly TopicPartition[], at: 'oldest' | 'end') => {
    const byLeader = Map.groupBy(partitions, ({ topic, partition }) =>
      leaderOf(cluster, topic, partition),
    );
    const found = new Map<number, string>();
    for (const [nodeId, of] of byLeader) {
      if (nodeId === undefined) {
        await cluster.refreshMetadata();
        throw protocolError(5);
      }
      const broker = await cluster.findBroker({ nodeId });
      const { offsets } = await broker.send('listOffsets', { partitions: of, at });
      for (const { partition, errorCode, offset } of offsets) {
        if (errorCode !== 0) {
          await cluster.refreshMetadata();
          throw protocolError(errorCode);
        }
        found.set(partition, String(offset));
      }
    }
    return found;
  };

  return {
    connect: () => cluster.connect(),
    disconnect: () => cluster.disconnect(),
    listTopics: () =>
      again(async () => {
        await cluster.refreshMetadata();
        return env.cluster.topicNames;
      }),
    describeCluster: () =>
      again(async () => {
        await cluster.refreshMetadata();
        return { brokers: cluster.nodes.map((nodeId) => ({ nodeId: Number(nodeId) })) };
      }),
    fetchTopicMetadata: ({ topics }: { topics: readonly string[] }) =>
      again(async () => {
        await cluster.addMultipleTargetTopics(topics);
        return {
          topics: topics.map((name) => ({
            name,
            partitions: cluster.findTopicPartitionMetadata(name),
          })),
        };
      }),
    fetchTopicOffsets: (topic: string) =>
      again(async () => {
        const partitions = await partitionsOf(topic);
        const high = await offsetsOf(partitions, 'end');
        const low = await offsetsOf(partitions, 'oldest');
        return partitions.map(({ partition }) => ({
          partition,
          offset: high.get(partition)!,
          high: high.get(partition)!,
          low: low.get(partition)!,
        }));
      }),
    async fetchOffsets({ groupId, topics }: { groupId: string; topics: readonly string[] }) {
      const coordinator = await cluster.findGroupCoordinator({ groupId });
      const partitions = (await Promise.all(topics.map(partitionsOf))).flat();
      const { offsets } = await coordinator.asked('offsetFetch', { groupId, partitions });
      return topics.map((topic) => ({
        topic,
        partitions: offsets
          .filter((one) => one.topic === topic)
          .map(({ partition, offset, metadata }) => ({
            partition,
            offset: String(offset),
            metadata,
          })),
      }));
    },
  };
}
