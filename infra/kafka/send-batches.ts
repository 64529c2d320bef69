// Sends the batches of a transaction to the leaders of their partitions.
import { onBroker } from './retry-policy.ts';
import { type Cluster, leaderOf, type ProtocolError, protocolError } from './wire/cluster.ts';
import { type PartitionBatch, produceCall } from './wire/requests.ts';

/** The broker has this batch already: the answer to the first try was lost. */
const duplicateSequence = 46;

const leaderNotAvailable = 5;

export interface Unsent {
  readonly again: readonly PartitionBatch[];
  /** The last refusal of one of them. */
  readonly refusal: ProtocolError;
}

/**
 * Sends batches to their leaders, each once.
 * @param ends takes the offset after the last record of each batch, by `topic/partition`
 * @returns those that have to be sent again, and why
 * @throws the client's errors
 */
export async function sendBatches(
  cluster: Cluster,
  transactionalId: string,
  batches: readonly PartitionBatch[],
  ends: Map<string, number>,
): Promise<Unsent> {
  const byLeader = Map.groupBy(batches, ({ topic, partition }) =>
    leaderOf(cluster, topic, partition),
  );
  const again: PartitionBatch[] = [...(byLeader.get(undefined) ?? [])];
  byLeader.delete(undefined);
  let refusal = protocolError(leaderNotAvailable, { api: 'Produce' });
  await Promise.all(
    [...byLeader].map(async ([nodeId, of]) => {
      const broker = await cluster.findBroker({ nodeId: nodeId! });
      const { partitions } = await onBroker(broker, (to) =>
        to.connectionPool.send(produceCall(transactionalId, of)),
      );
      for (const { topic, partition, errorCode, baseOffset } of partitions) {
        const batch = of.find((one) => one.topic === topic && one.partition === partition)!;
        if (errorCode === 0) {
          ends.set(`${topic}/${partition}`, baseOffset + batch.batch.readInt32BE(57));
        } else if (errorCode === duplicateSequence) {
          ends.delete(`${topic}/${partition}`); // appended, though nobody says where
        } else {
          const error = protocolError(errorCode, { api: 'Produce', topic });
          if (!error.retriable) throw error;
          again.push(batch);
          refusal = error;
        }
      }
    }),
  );
  return { again, refusal };
}
