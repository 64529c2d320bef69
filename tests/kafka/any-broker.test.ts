import { describe, expect, it } from '@jest/globals';
import { anyController, askingEach } from '../../infra/kafka/any-broker.ts';

const errorOf = (name: string) => Object.assign(new Error(name), { name });
const broker = (connected: boolean) => ({ isConnected: () => connected });

describe('asking for the controller', () => {
  const clusterWith = (connected: ReturnType<typeof broker>) => ({
    brokerPool: { findConnectedBroker: async () => connected },
  });
  const [named, other] = [broker(true), broker(true)];

  it('takes another broker where the one that is named cannot be reached', async () => {
    expect(await anyController(async () => named).call(clusterWith(other))).toBe(named);
    for (const name of ['KafkaJSConnectionError', 'KafkaJSBrokerNotFound']) {
      const gone = anyController(async () => Promise.reject(errorOf(name)));
      expect(await gone.call(clusterWith(other))).toBe(other);
    }
  });

  it('leaves every other error as it is', async () => {
    const refused = anyController(async () => Promise.reject(errorOf('Refused')));
    await expect(refused.call(clusterWith(other))).rejects.toThrow('Refused');
  });
});

describe('asking any broker', () => {
  const brokers = { 1: broker(false), 2: broker(true), 3: broker(false) };
  const pool = (gone: readonly string[]) => ({
    brokers,
    findConnectedBroker: async () => brokers[2],
    findBroker: async ({ nodeId }: { nodeId: string }) => {
      if (gone.includes(nodeId)) throw errorOf('KafkaJSConnectionError');
      return brokers[nodeId as unknown as 1];
    },
  });
  const each = askingEach(async () => Promise.reject(errorOf('NoBrokers')));

  it('asks one that is connected first, and the others where it cannot be reached', async () => {
    const ask = async ({ nodeId }: { nodeId: string }) => nodeId;
    expect(await each.call(pool([]), ask)).toBe('2');
    expect(await each.call(pool(['2']), ask)).toBe('1');
    expect(await each.call(pool(['1', '2']), ask)).toBe('3');
  });

  it('says why, where all refuse', async () => {
    const asked: string[] = [];
    const refuse = async ({ nodeId }: { nodeId: string }) => {
      asked.push(nodeId);
      throw errorOf('GROUP_AUTHORIZATION_FAILED');
    };
    await expect(each.call(pool(['3']), refuse)).rejects.toThrow('KafkaJSConnectionError');
    await expect(each.call(pool([]), refuse)).rejects.toThrow('GROUP_AUTHORIZATION_FAILED');
    expect(asked).toEqual(['2', '1', '2', '1', '3']);
  });
});
