// How a simulated broker answers each request.

import { dayOne } from '../life.ts';
import { type Answer, type ApiName, type Ask, codes, type FetchAnswer } from './api.ts';
import type { Node, SimulatedCluster } from './cluster.ts';

type Respond<A extends ApiName> = (answer: Answer<A>) => void;

type Handler<A extends ApiName> = (
  cluster: SimulatedCluster,
  node: Node,
  ask: Ask<A>,
  respond: Respond<A>,
) => void;

type Handlers = { readonly [A in ApiName]: Handler<A> };

const placeOf = ({ topic, partition }: { topic: string; partition: number }) =>
  `${topic}/${partition}`;

/** Time by which a record may be ahead of the broker's clock, ms (message.timestamp.after.max.ms). */
const mostAheadMs = 3_600_000;

/** Number of batches that an answer to a fetch holds of a partition, at most. */
const mostBatches = 40;

/** Answers with an error code unless this broker coordinates what is asked about. */
function coordinating<A extends ApiName>(
  keyOf: (ask: Ask<A>) => string,
  answer: (cluster: SimulatedCluster, ask: Ask<A>, respond: Respond<A>) => void,
  refusal: (errorCode: number) => Answer<A>,
): Handler<A> {
  return (cluster, node, ask, respond) => {
    const coordinates = cluster.coordinatorOf(keyOf(ask)) === node;
    if (coordinates) answer(cluster, ask, respond);
    else respond(refusal(codes.notCoordinator));
  };
}

const failed = (errorCode: number) => ({ errorCode });

export const handlers: Handlers = {
  connect: (_cluster, _node, _ask, respond) => respond({ errorCode: codes.none }),

  schema: (_cluster, _node, _ask, respond) => respond({ errorCode: codes.none }),

  metadata: (cluster, _node, _ask, respond) =>
    respond({
      nodes: cluster.nodes.flatMap(({ id, alive }) => (alive ? [id] : [])),
      topics: new Map(
        cluster.topicNames.map((topic) => [
          topic,
          cluster.logsOf(topic).map((_, partition) => cluster.leaderOf({ topic, partition })?.id),
        ]),
      ),
    }),

  findCoordinator: (cluster, _node, { key }, respond) => {
    cluster.coordinated.add(key);
    const node = cluster.coordinatorOf(key);
    if (node) respond({ errorCode: codes.none, node: node.id });
    else respond({ errorCode: codes.coordinatorNotAvailable, node: '' });
  },

  listOffsets: (cluster, node, { partitions, at }, respond) =>
    respond({
      offsets: partitions.map((place) => {
        const log = cluster.log(place);
        if (!log) return { ...place, errorCode: codes.unknownTopic, offset: -1 };
        const leads = cluster.leaderOf(place) === node;
        const offset = at === 'oldest' ? log.start : log.end;
        return { ...place, errorCode: leads ? codes.none : codes.notLeader, offset };
      }),
    }),

  fetch: (cluster, node, ask, respond) => {
    const read = () => ask.partitions.map((one) => readOne(cluster, node, ask.committed, one));
    let waiting = true;
    const ends: (() => void)[] = [];
    const answer = (partitions: readonly FetchAnswer[]) => {
      if (!waiting) return;
      waiting = false;
      for (const end of ends) end();
      respond({ partitions });
    };
    const enough = (partitions: readonly FetchAnswer[]) =>
      partitions.some(({ errorCode }) => errorCode !== codes.none) ||
      partitions.reduce((sum, { bytes }) => sum + bytes.length, 0) >= ask.minBytes;
    const now = read();
    if (enough(now) || ask.maxWaitMs === 0) return answer(now);
    ends.push(cluster.time.after(ask.maxWaitMs, () => answer(read())));
    // Whoever wants a megabyte waits for the time anyway.
    if (ask.minBytes > 1) return;
    const look = () => {
      const found = read();
      if (enough(found)) answer(found);
    };
    for (const place of ask.partitions) ends.push(cluster.onAppended(place, look));
  },

  produce: (cluster, node, { transactionalId, batches }, respond) =>
    respond({
      partitions: batches.map(({ topic, partition, batch }) => {
        const place = { topic, partition };
        const log = cluster.log(place);
        const refused = (errorCode: number) => ({ ...place, errorCode, baseOffset: -1 });
        if (!log) return refused(codes.unknownTopic);
        if (cluster.leaderOf(place) !== node) return refused(codes.notLeader);
        const newest = Number(batch.readBigInt64BE(35));
        if (newest > dayOne + cluster.time.now + mostAheadMs)
          return refused(codes.invalidTimestamp);
        if ((batch.readInt16BE(21) & 0x10) === 0) {
          return { ...place, errorCode: codes.none, baseOffset: log.append(batch) };
        }
        const producerId = Number(batch.readBigInt64BE(43));
        if (!log.hasOpen(producerId)) {
          const epoch = batch.readInt16BE(51);
          const { transactions } = cluster;
          const code = transactions.verify(transactionalId, producerId, epoch, placeOf(place));
          if (code !== codes.none) return refused(code);
        }
        return { ...place, ...log.produce(batch) };
      }),
    }),

  initProducerId: coordinating<'initProducerId'>(
    ({ transactionalId }) => transactionalId,
    (cluster, ask, respond) => respond(cluster.transactions.init(ask)),
    (errorCode) => ({ errorCode, producerId: -1, producerEpoch: -1 }),
  ),

  addPartitionsToTxn: coordinating<'addPartitionsToTxn'>(
    ({ transactionalId }) => transactionalId,
    (cluster, ask, respond) =>
      respond(failed(cluster.transactions.add(ask, ask.partitions.map(placeOf)))),
    failed,
  ),

  addOffsetsToTxn: coordinating<'addOffsetsToTxn'>(
    ({ transactionalId }) => transactionalId,
    (cluster, ask, respond) =>
      respond(failed(cluster.transactions.add(ask, [`group/${ask.groupId}`]))),
    failed,
  ),

  txnOffsetCommit: coordinating<'txnOffsetCommit'>(
    ({ groupId }) => groupId,
    (cluster, { groupId, transactionalId, producerId, producerEpoch, offsets }, respond) => {
      const place = `group/${groupId}`;
      const { transactions } = cluster;
      const code = transactions.verify(transactionalId, producerId, producerEpoch, place);
      if (code !== codes.none) return respond(failed(code));
      respond(failed(cluster.group(groupId).addOffsets(producerId, producerEpoch, offsets)));
    },
    failed,
  ),

  endTxn: coordinating<'endTxn'>(
    ({ transactionalId }) => transactionalId,
    (cluster, ask, respond) => respond(failed(cluster.transactions.end(ask))),
    failed,
  ),

  offsetFetch: coordinating<'offsetFetch'>(
    ({ groupId }) => groupId,
    (cluster, { groupId, partitions }, respond) => {
      const { offsets } = cluster.group(groupId);
      const unknown = { offset: -1, metadata: '' };
      const found = partitions.map((one) => ({
        ...one,
        ...(offsets.get(placeOf(one)) ?? unknown),
      }));
      respond({ errorCode: codes.none, offsets: found });
    },
    (errorCode) => ({ errorCode, offsets: [] }),
  ),

  joinGroup: coordinating<'joinGroup'>(
    ({ groupId }) => groupId,
    (cluster, ask, respond) => cluster.group(ask.groupId).join(ask, respond),
    (errorCode) => ({ errorCode, memberId: '', leaderId: '', generation: -1, members: [] }),
  ),

  syncGroup: coordinating<'syncGroup'>(
    ({ groupId }) => groupId,
    (cluster, ask, respond) => cluster.group(ask.groupId).sync(ask, respond),
    (errorCode) => ({ errorCode, assignment: Buffer.alloc(0) }),
  ),

  heartbeat: coordinating<'heartbeat'>(
    ({ groupId }) => groupId,
    (cluster, ask, respond) => respond(failed(cluster.group(ask.groupId).heartbeat(ask))),
    failed,
  ),

  leaveGroup: coordinating<'leaveGroup'>(
    ({ groupId }) => groupId,
    (cluster, { groupId, memberId }, respond) =>
      respond(failed(cluster.group(groupId).leave(memberId))),
    failed,
  ),
};

function readOne(
  cluster: SimulatedCluster,
  node: Node,
  committed: boolean,
  { topic, partition, offset }: Ask<'fetch'>['partitions'][number],
): FetchAnswer {
  const log = cluster.log({ topic, partition });
  const nothing = { topic, partition, aborted: [], bytes: Buffer.alloc(0) };
  if (!log) {
    const unknown = { highWatermark: -1, lastStable: -1, logStart: -1 };
    return { ...nothing, ...unknown, errorCode: codes.unknownTopic };
  }
  const ends = { highWatermark: log.end, lastStable: log.lastStable, logStart: log.start };
  if (cluster.leaderOf({ topic, partition }) !== node) {
    return { ...nothing, ...ends, errorCode: codes.notLeader };
  }
  if (offset < log.start || offset > log.end) {
    return { ...nothing, ...ends, errorCode: codes.offsetOutOfRange };
  }
  return {
    ...nothing,
    ...ends,
    errorCode: codes.none,
    ...log.read(offset, committed, mostBatches),
  };
}
