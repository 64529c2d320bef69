import { describe, expect, it } from '@jest/globals';
import { anyInstead } from '../../infra/kafka/any-controller.ts';

const errorOf = (name: string) => Object.assign(new Error(name), { name });

const clusterWith = (nodeId: string) => ({
  brokerPool: { findConnectedBroker: async () => ({ nodeId }) },
});

describe('asking for the controller', () => {
  it('takes another broker where the one that is named cannot be reached', async () => {
    const named = anyInstead(async () => ({ nodeId: '1' }));
    expect(await named.call(clusterWith('2'))).toEqual({ nodeId: '1' });
    for (const name of ['KafkaJSConnectionError', 'KafkaJSBrokerNotFound']) {
      const gone = anyInstead(async () => Promise.reject(errorOf(name)));
      expect(await gone.call(clusterWith('2'))).toEqual({ nodeId: '2' });
    }
  });

  it('leaves every other error as it is', async () => {
    const refused = anyInstead(async () =>
      Promise.reject(errorOf('KafkaJSSASLAuthenticationError')),
    );
    await expect(refused.call(clusterWith('2'))).rejects.toThrow('KafkaJSSASLAuthenticationError');
  });
});
