// A member that left stays out: the client's consumer restarts after a crash even if it was told to
// disconnect meanwhile, and would have partitions that nobody works on.
import { expect, it } from '@jest/globals';
import type { Kafka } from 'kafkajs';
import { Membership } from '../../infra/kafka/membership.ts';
import { defaultTiming } from '../../infra/kafka/timing.ts';

interface ConsumerOptions {
  readonly retry: { restartOnFailure(error: Error): Promise<boolean> };
}

type Listener = (event: { payload: object }) => void;

/** A membership whose consumer does as the test says. */
async function joined() {
  const state = { disconnects: 0, assigned: [] as (readonly number[])[] };
  const listeners = new Map<string, Listener>();
  let options: ConsumerOptions | undefined;
  const consumer = {
    events: { GROUP_JOIN: 'join', CRASH: 'crash' },
    on: (name: string, listener: Listener) => listeners.set(name, listener),
    connect: async () => {},
    subscribe: async () => {},
    run: async () => {},
    pause: () => {},
    disconnect: async () => {
      state.disconnects++;
    },
  };
  const kafka = {
    consumer(given: ConsumerOptions) {
      options = given;
      return consumer;
    },
  } as unknown as Kafka;
  const membership = new Membership({
    kafka,
    groupId: 'g',
    topics: ['t'],
    timing: defaultTiming,
    owned: () => [],
    onAssigned: (partitions) => state.assigned.push(partitions),
    onFailed: () => {},
  });
  await membership.join();
  const payload = { memberAssignment: { t: [1, 0] }, memberId: 'm' };
  return {
    state,
    membership,
    restarts: () => options!.retry.restartOnFailure(new Error('closed')),
    given: () => listeners.get('join')!({ payload }),
  };
}

it('is restarted by the client and given partitions while it is a member', async () => {
  const { state, restarts, given } = await joined();
  expect(await restarts()).toBe(true);
  given();
  expect(state).toEqual({ disconnects: 0, assigned: [[0, 1]] });
});

it('is not restarted once it left', async () => {
  const { membership, restarts } = await joined();
  await membership.leave();
  expect(await restarts()).toBe(false);
});

it('leaves again if a restart that was under way joins', async () => {
  const { state, membership, given } = await joined();
  await membership.leave();
  given();
  expect(state).toEqual({ disconnects: 2, assigned: [] });
});
