import { describe, expect, it } from '@jest/globals';
import { hostAndPort, seedsOf } from '../../infra/kafka/seeds.ts';

describe('addresses of brokers', () => {
  it('are divided at the port, with the brackets of IPv6 taken off', () => {
    expect(hostAndPort('broker-1:9092')).toEqual(['broker-1', '9092']);
    expect(hostAndPort('[::1]:9092')).toEqual(['::1', '9092']);
    expect(hostAndPort('[2001:db8::7]:19092')).toEqual(['2001:db8::7', '19092']);
  });

  it('are handed to the client as it divides them', async () => {
    expect(seedsOf(['a:1', 'b:2'])).toEqual(['a:1', 'b:2']);
    const seeds = seedsOf(['[::1]:1', 'b:2']);
    const list = await (seeds as () => Promise<string[]>)();
    expect(list).toHaveLength(2);
    expect([list[0]!.split(':'), list[1]!.split(':')]).toEqual([
      ['::1', '1'],
      ['b', '2'],
    ]);
  });
});
