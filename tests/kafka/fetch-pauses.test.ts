// A task's own transactions end its long polls. After a fetch that brought nothing but what it had been
// asked about there is a pause; news of any partition, or its own output alone, is followed at once.
import { expect, it } from '@jest/globals';
import type { Kafka } from 'kafkajs';
import { pino } from 'pino';
import { systemClock } from '../../infra/kafka/clock.ts';
import { Fetcher } from '../../infra/kafka/fetcher.ts';
import type { Brought } from '../../infra/kafka/reading.ts';

/** Fetches two partitions, each with one record that its reader calls so, and tells which pauses were made. */
async function pausesAfter(...brought: readonly (Brought | undefined)[]): Promise<number[]> {
  let fetches = 0;
  const third = Promise.withResolvers<void>();
  const broker = {
    disconnect: async () => {},
    connectionPool: {
      async send() {
        await new Promise((resolve) => setTimeout(resolve, 1));
        if (++fetches === 3) third.resolve();
        const partitions = brought.map((_, partition) => ({
          ...{ topic: 't', partition, errorCode: 0, next: fetches, highWatermark: fetches },
          ...{ lastStable: fetches, records: [{}] },
        }));
        return { errorCode: 0, partitions };
      },
    },
  };
  const cluster = {
    connect: async () => {},
    disconnect: async () => {},
    addMultipleTargetTopics: async () => {},
    findTopicPartitionMetadata: () =>
      brought.map((_, partitionId) => ({ partitionId, leader: 1, replicas: [1] })),
    findBroker: async () => broker,
  };
  const pauses: number[] = [];
  const fetcher = new Fetcher({
    kafka: { [Symbol('private:Kafka:createCluster')]: () => cluster } as unknown as Kafka,
    log: pino({ level: 'silent' }),
    limits: { minBytes: 1, maxWaitMs: 1, maxBytes: 1, maxBytesPerPartition: 1 },
    clock: { ...systemClock, sleep: async (ms) => void pauses.push(ms) },
    onFailed: third.reject,
  });
  await fetcher.read(
    brought.map((what, partition) => ({
      ...{ topic: 't', partition, from: 0 },
      onFetched: () => what,
    })),
  );
  await third.promise;
  await fetcher[Symbol.asyncDispose]();
  return pauses.slice(0, 2);
}

it('pauses where only what was asked about has come', async () => {
  expect(await pausesAfter('asked', 'own')).toEqual([20, 20]);
});

it('goes on at once after news, of a reader that says nothing as well', async () => {
  expect(await pausesAfter('asked', 'news')).toEqual([]);
  expect(await pausesAfter(undefined)).toEqual([]);
});

it('goes on at once after its own output alone: whoever asks through the topics waits for it', async () => {
  expect(await pausesAfter('own', 'own')).toEqual([]);
});
