// The end of a partition by a broker that has just come to lead it: its high watermark lags until its
// followers have fetched, so it counts only once the broker names the end itself.
import { expect, it } from '@jest/globals';
import type { Kafka } from 'kafkajs';
import { pino } from 'pino';
import { Fetcher } from '../../infra/kafka/fetcher.ts';
import { protocolError } from '../../infra/kafka/wire/cluster.ts';

const leaderNotAvailable = 5;
const notLeader = 6;

/** A cluster with one partition, `t/0`, whose brokers answer as the test says; nothing is ever in it. */
function clusterOf(replicas: readonly number[]) {
  const state = { leader: 1, refusals: 0, asked: [] as string[] };
  const brokerOf = (nodeId: string) => ({
    disconnect: async () => {},
    connectionPool: {
      async send() {
        await new Promise((resolve) => setTimeout(resolve, 5));
        state.asked.push(`fetch ${nodeId}`);
        const errorCode = Number(nodeId) === state.leader ? 0 : notLeader;
        const partition = { topic: 't', partition: 0, errorCode, records: [], next: 0 };
        return { errorCode: 0, partitions: [{ ...partition, highWatermark: 0 }] };
      },
    },
    async listOffsets() {
      state.asked.push(`end ${nodeId}`);
      if (state.refusals-- > 0) throw protocolError(leaderNotAvailable, { api: 'ListOffsets' });
    },
  });
  const cluster = {
    connect: async () => {},
    disconnect: async () => {},
    isConnected: () => true,
    refreshMetadata: async () => {},
    addMultipleTargetTopics: async () => {},
    findTopicPartitionMetadata: () => [{ partitionId: 0, leader: state.leader, replicas }],
    findBroker: async ({ nodeId }: { nodeId: string }) => brokerOf(nodeId),
  };
  const kafka = { [Symbol('private:Kafka:createCluster')]: () => cluster } as unknown as Kafka;
  return { state, kafka };
}

async function readingOf(kafka: Kafka) {
  const ends: boolean[] = [];
  const fetcher = new Fetcher({
    kafka,
    log: pino({ level: 'silent' }),
    limits: { minBytes: 1, maxWaitMs: 1, maxBytes: 1, maxBytesPerPartition: 1 },
    onFailed: (error) => {
      throw error;
    },
  });
  const onFetched = ({ atEnd }: { atEnd: boolean }) => void ends.push(atEnd);
  await fetcher.read([{ topic: 't', partition: 0, from: 0, onFetched }]);
  const until = async (holds: () => boolean) => {
    while (!holds()) await new Promise((resolve) => setTimeout(resolve, 1));
  };
  return { fetcher, ends, until };
}

it('counts once the broker names it, and not before', async () => {
  const { state, kafka } = clusterOf([1, 2, 3]);
  state.refusals = 2;
  const { fetcher, ends, until } = await readingOf(kafka);
  await until(() => ends.length >= 5);
  // Refused after the first and the second fetch, named after the third.
  expect(ends.slice(0, 5)).toEqual([false, false, false, true, true]);
  expect(fetcher.fromSeveral).toBe(false);

  const before = ends.length;
  state.refusals = 1;
  state.leader = 2;
  await until(() => ends.slice(before).includes(false) && ends.at(-1) === true);
  const [first] = state.asked.flatMap((what, i) => (what === 'fetch 2' ? [i] : []));
  expect(state.asked.slice(first, first! + 5)).toEqual([
    'fetch 2',
    'end 2',
    'fetch 2',
    'end 2',
    'fetch 2',
  ]);
  const since = ends.slice(ends.indexOf(false, before));
  expect(since.slice(0, 3)).toEqual([false, false, true]);
  expect(fetcher.fromSeveral).toBe(true);
  await fetcher[Symbol.asyncDispose]();
});

it('counts at once where nothing is replicated', async () => {
  const { state, kafka } = clusterOf([1]);
  const { fetcher, ends, until } = await readingOf(kafka);
  await until(() => ends.length >= 3);
  expect(ends.slice(0, 3)).toEqual([true, true, true]);
  expect(state.asked.some((what) => what.startsWith('end'))).toBe(false);
  await fetcher[Symbol.asyncDispose]();
});
