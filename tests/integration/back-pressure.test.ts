// Whoever is held up fetches no more than he can hold, counted in bytes that come over the network.
import { connect, type Socket } from 'node:net';
import { expect, it } from '@jest/globals';
import { Kafka, logLevel } from 'kafkajs';
import { Outbox } from '../../infra/kafka/outbox.ts';
import { TransactionalProducer } from '../../infra/kafka/transactional-producer.ts';
import { id } from '../../schemas/rules.ts';
import { clicks } from '../../schemas/topics/clicks.ts';
import { impressions } from '../../schemas/topics/impressions.ts';
import { rewards } from '../../schemas/topics/rewards.ts';
import { enriching } from '../support/enrichers.ts';
import { impressionOf } from '../support/events.ts';
import { describeOnInfra, startInfra } from '../support/infra.ts';
import { testStreams } from '../support/streams.ts';
import { mergingStage, tallyClick } from '../support/tally.ts';

const megabyte = 1 << 20;
const count = 50_000;
/** An id as long as the border lets in. */
const padding = 'x'.repeat(id.most!);
const megabytesSent = (count * 2 * padding.length) / megabyte;

/** A client that counts what it receives. */
async function countingClient() {
  const sockets: Socket[] = [];
  const kafka = new Kafka({
    brokers: (await startInfra()).brokers.split(','),
    logLevel: logLevel.NOTHING,
    socketFactory({ host, port, onConnect }) {
      const socket = connect(port, host, onConnect);
      sockets.push(socket);
      return socket;
    },
  });
  const received = () => sockets.reduce((sum, { bytesRead }) => sum + bytesRead, 0) / megabyte;
  return { kafka, received };
}

/** More clicks than anybody should hold, each of 1 kB. */
async function flooded() {
  const streams = await testStreams();
  const { kafka, application, nameOf, codecs } = streams;
  const outbox = new Outbox();
  for (let i = 0; i < count; i++) {
    const click = { ...tallyClick(i, padding), impressionId: padding };
    outbox.add(nameOf(clicks), { of: 1 }, click.userId, codecs.of(clicks), click);
  }
  const producer = await TransactionalProducer.takeOver(kafka, `${application}-flood`);
  await producer.commit(outbox);
  await producer.close();
  return streams;
}

describeOnInfra('back-pressure', () => {
  it('an enricher that waits for its port holds one fetch, and all comes in the end', async () => {
    const streams = await flooded();
    const { kafka, received } = await countingClient();
    const first = Promise.withResolvers<void>();
    const port = Promise.withResolvers<void>();
    const handled: string[] = [];
    const topology = enriching(async ({ clickId }) => {
      first.resolve();
      await port.promise;
      handled.push(clickId);
    });
    await using pipeline = streams.pipeline(topology, { kafka });
    await pipeline.start();
    await first.promise;
    // Time enough for somebody else to read everything.
    expect(await streams.committed(clicks)).toHaveLength(count);
    expect(handled).toEqual([]);
    expect(received()).toBeLessThan(5);
    port.resolve();
    await pipeline.settled();
    expect(handled).toEqual(Array.from({ length: count }, (_, i) => `c${i}`));
    expect(received()).toBeGreaterThan(megabytesSent);
  }, 60_000);

  it('a task that waits for an input holds a bounded part of the other, and all comes in the end', async () => {
    const streams = await flooded();
    const { kafka, received } = await countingClient();
    // What an open transaction hides may be earlier than every click.
    const producer = streams.kafka.producer({
      transactionalId: `${streams.application}-open`,
      idempotent: true,
      maxInFlightRequests: 1,
    });
    await producer.connect();
    const transaction = await producer.transaction();
    const value = streams.codecs.of(impressions).encode(impressionOf('i', 'user-0', 1, ['a']));
    const messages = [{ key: 'user-0', value, timestamp: '1' }];
    await transaction.send({ topic: streams.nameOf(impressions), messages });

    await using pipeline = streams.pipeline({ stages: [mergingStage], enrichers: [] }, { kafka });
    await pipeline.start();
    // It holds 20,000 records.
    while (received() < 20) await streams.committed(rewards);
    expect(await streams.committed(clicks)).toHaveLength(count);
    expect(received()).toBeLessThan(28);
    expect(await streams.committed(rewards)).toEqual([]);
    await transaction.commit();
    await producer.disconnect();
    await pipeline.settled();
    expect(await streams.committed(rewards)).toHaveLength(count);
  }, 60_000);
});
