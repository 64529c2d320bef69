import { describe, expect, it } from '@jest/globals';
import { remembering } from '../../infra/kafka/coordinator-cache.ts';

function setUp() {
  let time = 0;
  const asked: string[] = [];
  const broker = { connected: true, isConnected: () => broker.connected };
  let failing = false;
  const find = remembering(
    async ({ groupId }) => {
      asked.push(groupId);
      if (failing) throw new Error('not available');
      return broker;
    },
    () => time,
  );
  return {
    asked,
    broker,
    find,
    at: (t: number) => (time = t),
    fail: (on: boolean) => (failing = on),
  };
}

describe('remembering coordinators', () => {
  it('asks once a moment for each group and cluster', async () => {
    const { asked, find, at } = setUp();
    const [one, two] = [{}, {}];
    await find.call(one, { groupId: 'a' });
    await find.call(one, { groupId: 'a' });
    await find.call(one, { groupId: 'a', coordinatorType: 1 });
    await find.call(two, { groupId: 'a' });
    expect(asked).toHaveLength(3);
    at(2_001);
    await find.call(one, { groupId: 'a' });
    expect(asked).toHaveLength(4);
  });

  it('asks again after an error, and when the broker is not connected', async () => {
    const { asked, broker, find, fail } = setUp();
    const cluster = {};
    fail(true);
    await expect(find.call(cluster, { groupId: 'a' })).rejects.toThrow('not available');
    fail(false);
    await find.call(cluster, { groupId: 'a' });
    expect(asked).toHaveLength(2);
    broker.connected = false;
    await find.call(cluster, { groupId: 'a' });
    expect(asked).toHaveLength(3);
  });
});
