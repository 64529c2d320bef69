// Whether a record was committed, told by the log itself: what a producer asks that does not know how its
// transaction ended.
import type { Clock } from './clock.ts';
import { onBroker } from './retry-policy.ts';
import { type Cluster, leaderOf, protocolError } from './wire/cluster.ts';
import { fetchCall } from './wire/requests.ts';

const limits = { minBytes: 1, maxWaitMs: 200, maxBytes: 1 << 20, maxBytesPerPartition: 1 << 20 };

/** Other transactions that were open before it hide it while they last, ms between two looks. */
const betweenMs = 50;

/**
 * One look at a record whose own transaction has ended.
 * @returns whether it is committed; undefined while an earlier transaction hides it
 */
async function look(
  cluster: Cluster,
  topic: string,
  partition: number,
  offset: number,
): Promise<boolean | undefined> {
  const nodeId = leaderOf(cluster, topic, partition);
  if (nodeId === undefined) throw protocolError(5);
  const broker = await cluster.findBroker({ nodeId });
  const { errorCode, partitions } = await onBroker(broker, (to) =>
    to.connectionPool.send(fetchCall([{ topic, partition, offset }], limits)),
  );
  const [found] = partitions;
  const code = errorCode || (found?.errorCode ?? 0);
  if (code !== 0 || !found) throw protocolError(code, { api: 'Fetch', topic });
  if (found.records.some((record) => record.offset === offset)) return true;
  return found.next > offset ? false : undefined;
}

/** Waits until the log tells. @param until of the clock, ms; undefined is the answer after it */
export async function isVisible(
  cluster: Cluster,
  topic: string,
  partition: number,
  offset: number,
  until: number,
  clock: Clock,
): Promise<boolean | undefined> {
  for (;;) {
    const seen = await look(cluster, topic, partition, offset);
    if (seen !== undefined || clock.now() > until) return seen;
    await clock.sleep(betweenMs);
  }
}
