import { expect, it } from '@jest/globals';
import { committedTask } from '../../infra/kafka/committed.ts';
import { Outbox } from '../../infra/kafka/outbox.ts';
import { TransactionalProducer } from '../../infra/kafka/transactional-producer.ts';
import { codeOf } from '../../schemas/errors.ts';
import { clicks } from '../../schemas/topics/clicks.ts';
import { clickOf } from '../support/events.ts';
import { describeOnInfra } from '../support/infra.ts';
import { testStreams } from '../support/streams.ts';

type Streams = Awaited<ReturnType<typeof testStreams>>;

const outboxWith = (
  { nameOf, codecs }: Streams,
  ids: readonly string[],
  padding = '',
  outbox = new Outbox(),
) => {
  for (const id of ids) {
    const click = clickOf(id, `i${padding}`, 'u', 'a', 1_000);
    outbox.add(nameOf(clicks), { of: 1 }, 'u', codecs.of(clicks), click);
  }
  return outbox;
};

const idsIn = async (streams: Streams) =>
  (await streams.committed(clicks)).map(({ clickId }) => clickId);

describeOnInfra('a transaction', () => {
  it('carries records, offsets and stream time, and says where its records ended', async () => {
    const streams = await testStreams();
    const { kafka, nameOf, application } = streams;
    const producer = await TransactionalProducer.takeOver(kafka, `${application}-t`);
    const topic = nameOf(clicks);
    const consumed = {
      groupId: `${application}-g`,
      metadata: JSON.stringify({ streamTime: 77 }),
      offsets: [{ topic, partition: 0, offset: 2 }],
    };
    const first = await producer.commit(outboxWith(streams, ['a', 'b']), consumed);
    expect(first.get(`${topic}/0`)).toBe(2);
    // The marker of the first transaction stands between them.
    const second = await producer.commit(outboxWith(streams, ['c']));
    expect(second.get(`${topic}/0`)).toBe(4);
    await producer.close();
    expect(await idsIn(streams)).toEqual(['a', 'b', 'c']);
    const admin = kafka.admin();
    await admin.connect();
    const places = [{ name: topic, partition: 0 }];
    const task = await committedTask(admin, consumed.groupId, places, 0, undefined);
    expect(task).toEqual({ offsets: [2], oldest: [0], streamTime: 77 });
    const fresh = await committedTask(admin, `${application}-other`, places, 0, undefined);
    expect(fresh).toEqual({ offsets: [0], oldest: [0], streamTime: Number.NEGATIVE_INFINITY });
    await admin.disconnect();
  }, 60_000);

  it('stamped by a clock that is hours ahead of the broker is refused, with a word on clocks', async () => {
    const streams = await testStreams();
    const producer = await TransactionalProducer.takeOver(
      streams.kafka,
      `${streams.application}-t`,
    );
    const ahead = new Outbox(undefined, Date.now() + 2 * 3_600_000);
    const refused = await producer
      .commit(outboxWith(streams, ['a'], '', ahead))
      .catch((error: unknown) => error);
    expect(refused).toMatchObject({
      code: 'timestamp-refused',
      remedy: 'retry',
      why: expect.stringContaining('message.timestamp.after.max.ms'),
    });
    await producer.close();
    expect(await idsIn(streams)).toEqual([]);
  }, 60_000);

  it('of a producer whose task has a new owner is refused, and leaves nothing', async () => {
    const streams = await testStreams();
    const { kafka, application } = streams;
    const zombie = await TransactionalProducer.takeOver(kafka, `${application}-t`);
    await zombie.commit(outboxWith(streams, ['before']));
    const owner = await TransactionalProducer.takeOver(kafka, `${application}-t`);
    const refused = await zombie.commit(outboxWith(streams, ['zombie'])).catch(codeOf);
    expect(refused).toBe('task-fenced');
    await owner.commit(outboxWith(streams, ['after']));
    await Promise.all([zombie.close(), owner.close()]);
    expect(await idsIn(streams)).toEqual(['before', 'after']);
  }, 60_000);

  it('larger than a batch keeps its order', async () => {
    const streams = await testStreams();
    const { kafka, application } = streams;
    const producer = await TransactionalProducer.takeOver(kafka, `${application}-t`);
    const ids = Array.from({ length: 300 }, (_, i) => `c${i}`);
    await producer.commit(outboxWith(streams, ids, 'x'.repeat(10_000)));
    await producer.close();
    expect(await idsIn(streams)).toEqual(ids);
  }, 60_000);
});
