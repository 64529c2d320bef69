// A transaction whose end got lost on the way, or came to the broker within the next one: each transaction
// is whole or not there.
import { connect as dial } from 'node:net';
import { expect, it } from '@jest/globals';
import { Kafka, logLevel } from 'kafkajs';
import { Outbox } from '../../infra/kafka/outbox.ts';
import { TransactionalProducer } from '../../infra/kafka/transactional-producer.ts';
import { codeOf } from '../../schemas/errors.ts';
import { clicks } from '../../schemas/topics/clicks.ts';
import { Link, type Loss, Trap } from '../faults/link.ts';
import { clickOf } from '../support/events.ts';
import { describeOnInfra, startInfra } from '../support/infra.ts';
import { testStreams } from '../support/streams.ts';

/** A producer all of whose connections go by a link. */
async function linked() {
  const streams = await testStreams(2);
  const { brokers } = await startInfra();
  const link = await Link.open(0, Number(brokers.split(':').at(-1)));
  const kafka = new Kafka({
    brokers: [brokers],
    logLevel: logLevel.NOTHING,
    requestTimeout: 10_000,
    socketFactory: ({ onConnect }) => dial(link.port, '127.0.0.1', onConnect),
  });
  const id = `${streams.application}-late`;
  return { streams, link, id, producer: await TransactionalProducer.takeOver(kafka, id) };
}

type Streams = Awaited<ReturnType<typeof testStreams>>;

/** One click in each of the two partitions. */
function outboxOf({ nameOf, codecs }: Streams, name: string): Outbox {
  const outbox = new Outbox();
  for (const partition of [0, 1]) {
    const click = clickOf(`${name}-${partition}`, 'i', 'u', 'a', 1_000);
    outbox.add(nameOf(clicks), { partition }, 'u', codecs.of(clicks), click);
  }
  return outbox;
}

describeOnInfra('a transaction whose end', () => {
  it.each<[string, Loss, string]>([
    ['comes within the next transaction', 'late', 'transaction-aborted'],
    ['never comes', 'request', 'transaction-aborted'],
    ['came, and the answer was lost', 'answer', 'committed'],
  ])(
    '%s is whole or not there, as its producer says',
    async (_what, loss, expected) => {
      const { streams, link, id, producer } = await linked();
      await using _link = link;
      const outcomeOf = (by: TransactionalProducer, name: string) =>
        by.commit(outboxOf(streams, name)).then(() => 'committed', codeOf);
      expect(await outcomeOf(producer, 'before')).toBe('committed');
      const trap = new Trap(loss, 'endTxn', 20_000);
      link.set(trap);
      const outcome = outcomeOf(producer, 'lost');
      expect(await trap.sprung).toBe(0);
      link.cut();
      expect(await outcome).toBe(expected);
      // After a failure it is replaced, as a stage that begins anew does; the epoch is another by then.
      const committed = expected === 'committed';
      const next = committed ? producer : await TransactionalProducer.takeOver(streams.kafka, id);
      if (!committed) expect(await outcomeOf(producer, 'zombie')).toBe('task-fenced');
      expect(await outcomeOf(next, 'after')).toBe('committed');
      const names = ['before', 'after', ...(committed ? ['lost'] : [])];
      const ids = (await streams.committed(clicks)).map(({ clickId }) => clickId);
      expect(ids.sort()).toEqual(names.flatMap((name) => [`${name}-0`, `${name}-1`]).sort());
      await Promise.all([producer.close(), next.close()]);
    },
    90_000,
  );
});
