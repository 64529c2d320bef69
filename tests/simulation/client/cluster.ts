// The client's view of the cluster: what kafkajs's own Cluster does for the runtime, in round trips.
import { remembering } from '../../../infra/kafka/coordinator-cache.ts';
import { type Cluster, protocolError } from '../../../infra/kafka/wire/cluster.ts';
import type { Answer } from '../broker/api.ts';
import { ClientBroker, type ClientEnvironment } from './broker.ts';
import { notFound, refused } from './errors.ts';
import { retrying } from './retry.ts';

export class ClientCluster implements Cluster {
  private readonly env: ClientEnvironment;
  private readonly brokers: ReadonlyMap<string, ClientBroker>;
  private metadata: Answer<'metadata'> | undefined;
  private readonly targets = new Set<string>();
  /** Finds a coordinator; remembered for a moment, as the client is patched to do. */
  private readonly find: (of: { groupId: string }) => Promise<ClientBroker>;

  constructor(env: ClientEnvironment) {
    this.env = env;
    this.brokers = new Map(env.cluster.nodes.map((node) => [node.id, new ClientBroker(env, node)]));
    const find = remembering(
      ({ groupId }) => retrying(env.life, () => this.lookUp(groupId)),
      env.life.clock.now,
    );
    this.find = find.bind(this) as typeof this.find;
  }

  get nodes(): readonly string[] {
    return this.metadata?.nodes ?? [];
  }

  connect(): Promise<void> {
    return retrying(this.env.life, async () => {
      await this.anyBroker();
    });
  }

  async disconnect(): Promise<void> {
    for (const broker of this.brokers.values()) await broker.disconnect();
  }

  isConnected(): boolean {
    return [...this.brokers.values()].some((broker) => broker.isConnected());
  }

  async refreshMetadata(): Promise<void> {
    const broker = await this.anyBroker();
    this.metadata = await broker.send('metadata', {});
  }

  async refreshMetadataIfNecessary(): Promise<void> {
    if (!this.metadata) await this.refreshMetadata();
  }

  async addMultipleTargetTopics(topics: readonly string[]): Promise<void> {
    const before = this.targets.size;
    for (const topic of topics) this.targets.add(topic);
    if (this.targets.size > before || !this.metadata) await this.refreshMetadata();
  }

  findTopicPartitionMetadata(topic: string) {
    const leaders = this.targets.has(topic) ? this.metadata?.topics.get(topic) : undefined;
    return (leaders ?? []).map((leader, partitionId) => ({
      partitionId,
      leader: leader === undefined ? null : Number(leader),
    }));
  }

  async findBroker({ nodeId }: { nodeId: string }): Promise<ClientBroker> {
    try {
      const broker = this.brokers.get(nodeId);
      if (!broker || !(this.metadata?.nodes.includes(nodeId) ?? true)) throw notFound(nodeId);
      if (!broker.isConnected()) await broker.connect();
      return broker;
    } catch (error) {
      await this.refreshMetadata();
      throw error;
    }
  }

  async findGroupCoordinator(of: { groupId: string }): Promise<ClientBroker> {
    return this.find(of);
  }

  private async lookUp(key: string): Promise<ClientBroker> {
    const broker = await this.anyBroker();
    const { errorCode, node } = await broker.send('findCoordinator', { key });
    if (errorCode !== 0) throw protocolError(errorCode);
    return this.findBroker({ nodeId: node });
  }

  /** A broker that is connected, or the first that lets itself be. */
  private async anyBroker(): Promise<ClientBroker> {
    const all = [...this.brokers.values()];
    const connected = all.find((broker) => broker.isConnected());
    if (connected) return connected;
    let failure: unknown = refused('all');
    for (const broker of all) {
      try {
        await broker.connect();
        return broker;
      } catch (error) {
        failure = error;
      }
    }
    throw failure;
  }
}
