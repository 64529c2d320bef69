// The client's view of one broker: two connections, one of them for fetches alone, and the calls of the
// pinned client that the runtime makes.
import { type Broker, type Call, protocolError } from '../../../infra/kafka/wire/cluster.ts';
import type { Api, ApiName, Send } from '../broker/api.ts';
import type { Node } from '../broker/cluster.ts';
import type { Life } from '../life.ts';
import type { Mutant } from '../mutants.ts';
import { makeCall } from './calls.ts';
import { Connection, type World } from './connection.ts';

/** What a client has to know of its process. */
export interface ClientEnvironment extends World {
  readonly life: Life;
  /** A fault put into what the process sends and hears. */
  readonly mutant: Mutant | undefined;
}

/** Time for which the client waits for a rebalance besides, ms. */
const joinWaitMs = 65_000;

export class ClientBroker implements Broker {
  readonly node: Node;
  readonly connectionPool = { send: <T>(call: Call<T>) => makeCall(call, this.send) };
  private readonly env: ClientEnvironment;
  private readonly connections: readonly [others: Connection, fetches: Connection];

  constructor(env: ClientEnvironment, node: Node) {
    this.env = env;
    this.node = node;
    const open = () => new Connection(env.life, node, env);
    this.connections = [open(), open()];
  }

  isConnected(): boolean {
    return this.connections.some(({ isOpen }) => isOpen);
  }

  async connect(): Promise<void> {
    await this.connections[0].open();
    await this.send('connect', {});
  }

  async disconnect(): Promise<void> {
    for (const connection of this.connections) connection.close();
  }

  /** Sends a request, on a connection that is opened first where it is closed. */
  readonly send: Send = (api, ask) => {
    const { mutant } = this.env;
    if (!mutant?.send) return this.sendAsIs(api, ask);
    return mutant.send({ api, ask, next: this.sendAsIs, life: this.env.life });
  };

  async initProducerId(of: { transactionalId: string; transactionTimeout: number }) {
    const { transactionalId, transactionTimeout: timeoutMs } = of;
    const answer = await this.asked('initProducerId', { transactionalId, timeoutMs });
    return { producerId: String(answer.producerId), producerEpoch: answer.producerEpoch };
  }

  addPartitionsToTxn(of: Parameters<Broker['addPartitionsToTxn']>[0]) {
    const partitions = of.topics.flatMap(({ topic, partitions }) =>
      partitions.map((partition) => ({ topic, partition })),
    );
    return this.asked('addPartitionsToTxn', { ...transacting(of), partitions });
  }

  addOffsetsToTxn(of: Parameters<Broker['addOffsetsToTxn']>[0]) {
    return this.asked('addOffsetsToTxn', { ...transacting(of), groupId: of.groupId });
  }

  /** Nothing is replicated here, so nobody asks. */
  async listOffsets(): Promise<void> {}

  txnOffsetCommit(of: Parameters<Broker['txnOffsetCommit']>[0]) {
    const offsets = of.topics.flatMap(({ topic, partitions }) =>
      partitions.map(({ partition, offset, metadata }) => ({
        topic,
        partition,
        offset: Number(offset),
        metadata,
      })),
    );
    return this.asked('txnOffsetCommit', { ...transacting(of), groupId: of.groupId, offsets });
  }

  endTxn(of: Parameters<Broker['endTxn']>[0]) {
    return this.asked('endTxn', { ...transacting(of), commit: of.transactionResult });
  }

  /** Sends a request, and throws the client's error where the answer has an error code. */
  async asked<A extends ApiName>(api: A, ask: Api[A]['ask']): Promise<Api[A]['answer']> {
    const answer = await this.send(api, ask);
    const { errorCode = 0 } = answer as { errorCode?: number };
    if (errorCode !== 0) throw protocolError(errorCode);
    return answer;
  }

  private readonly sendAsIs: Send = async (api, ask) => {
    const connection = this.connections[api === 'fetch' ? 1 : 0];
    if (!connection.isOpen) await connection.open();
    return connection.send(api, ask, api === 'joinGroup' ? joinWaitMs : 0);
  };
}

function transacting(of: { transactionalId: string; producerId: string; producerEpoch: number }) {
  const { transactionalId, producerId, producerEpoch } = of;
  return { transactionalId, producerId: Number(producerId), producerEpoch };
}
