import { expect, it } from '@jest/globals';
import { SchemaRegistry, SchemaType } from '@kafkajs/confluent-schema-registry';
import { partitionOf } from '../../infra/kafka/wire/murmur2.ts';
import { registerSchemas } from '../../infra/registry/registry.ts';
import { codeOf } from '../../schemas/errors.ts';
import { clicks } from '../../schemas/topics/clicks.ts';
import { deadLetters } from '../../schemas/topics/dead-letters.ts';
import { examples } from '../../schemas/topics/examples.ts';
import { impressions } from '../../schemas/topics/impressions.ts';
import { items } from '../../schemas/topics/items.ts';
import { predictions } from '../../schemas/topics/predictions.ts';
import { rewards } from '../../schemas/topics/rewards.ts';
import { userStates } from '../../schemas/topics/user-state.ts';
import { MemoryRuntime } from '../../streams/engine/memory-runtime.ts';
import { userStore } from '../../streams/serve/stage.ts';
import { catalogueTable } from '../../streams/tables/catalogue.ts';
import { mainTopology } from '../../streams/topology.ts';
import { clickOf, impressionOf, itemOf } from '../support/events.ts';
import { byId, history } from '../support/history.ts';
import { describeOnInfra, startInfra } from '../support/infra.ts';
import { testStreams } from '../support/streams.ts';

const partitions = 3;

describeOnInfra('the Kafka runtime', () => {
  it('gives what the memory runtime gives, each record once, over several partitions', async () => {
    const streams = await testStreams(partitions);
    const events = history(600, partitions);
    await using pipeline = streams.pipeline(mainTopology());
    await pipeline.start();
    await streams.send(events);
    await pipeline.settled();

    const memory = new MemoryRuntime(mainTopology());
    for (const { topic, event } of events) memory.send(topic, event);
    memory.drain();
    const made = await streams.committed(examples);
    expect(made).toHaveLength(600);
    expect(byId(made)).toEqual(byId(memory.events(examples)));
    const earned = await streams.committed(rewards);
    expect(earned.length).toBeGreaterThan(200);
    expect(byId(earned)).toEqual(byId(memory.events(rewards)));
    expect(await streams.committed(deadLetters)).toEqual([]);
  }, 120_000);

  it('goes on after a restart where it was: state restored, nothing lost, nothing twice', async () => {
    const streams = await testStreams(partitions);
    const events = history(400, partitions);
    const cut = events.findIndex(
      ({ event }) => (event as { impressionId?: string }).impressionId === 'i200',
    );
    {
      await using first = streams.pipeline(mainTopology());
      await first.start();
      await streams.send(events.slice(0, cut));
      await first.settled();
    }
    await streams.send(events.slice(cut));
    await using second = streams.pipeline(mainTopology());
    await second.start();
    await second.settled();

    const memory = new MemoryRuntime(mainTopology());
    for (const { topic, event } of events) memory.send(topic, event);
    memory.drain();
    // The states in the examples come from what was restored.
    const made = await streams.committed(examples);
    expect(made).toHaveLength(400);
    expect(byId(made)).toEqual(byId(memory.events(examples)));
    const learned = (await streams.committed(predictions)).filter(
      (p) => p.models[0] === 'millrace',
    );
    const versions = learned.map(({ version }) => version).sort((a, b) => a - b);
    expect(versions).toEqual(Array.from({ length: 400 }, (_, index) => index));
    // What a third life would restore.
    const users = new Map(memory.task('serve').stateOf(userStore).entries());
    expect(users.size).toBeGreaterThan(30);
    expect(await streams.held(userStates)).toEqual(users);
  }, 120_000);

  it('sends bytes it cannot read to the dead letters, and goes on', async () => {
    const streams = await testStreams();
    const { kafka, nameOf } = streams;
    const producer = kafka.producer();
    await producer.connect();
    const broken = Buffer.from('not avro');
    await producer.send({
      topic: nameOf(impressions),
      messages: [{ key: 'u', value: broken, timestamp: '5', partition: 0 }],
    });
    await producer.disconnect();
    await using pipeline = streams.pipeline(mainTopology());
    await pipeline.start();
    await streams.send([
      { topic: impressions, event: impressionOf('i1', 'u', 10, ['a']) },
      { topic: impressions, event: impressionOf('end', 'end', 1e12, []) },
    ]);
    await pipeline.settled();
    const [dead] = await streams.committed(deadLetters);
    expect(dead).toMatchObject({
      origin: 'impressions',
      offset: 0,
      key: 'u',
      code: 'record-undecodable',
    });
    expect(dead?.data).toEqual(broken);
    expect(await streams.committed(examples)).toHaveLength(1);
  }, 120_000);
});

describeOnInfra('the merge on a broker', () => {
  it('does not let a click overtake its slate while another transaction hides the slate', async () => {
    const streams = await testStreams(2);
    const { kafka, nameOf, codecs } = streams;
    const userIn = (partition: number) =>
      ['a', 'b', 'c', 'd', 'e'].find((id) => partitionOf(Buffer.from(id), 2) === partition)!;
    const [hidden, seen] = [userIn(0), userIn(1)];
    const begin = async (transactionalId: string) => {
      const producer = kafka.producer({
        transactionalId,
        idempotent: true,
        maxInFlightRequests: 1,
      });
      await producer.connect();
      return { producer, transaction: await producer.transaction() };
    };
    const record = (topic: typeof impressions | typeof clicks, event: never) => ({
      topic: nameOf(topic),
      messages: [
        {
          key: hidden,
          value: codecs.of(topic).encode(event),
          timestamp: String((event as { at: number }).at),
        },
      ],
    });
    await using pipeline = streams.pipeline(mainTopology());
    await pipeline.start();
    // One producer holds a transaction open on `impressions`: what another commits there behind it
    // stays hidden, while that one's click, in another topic, is visible at once.
    const open = await begin(`${streams.application}-open`);
    await open.transaction.send(
      record(impressions, impressionOf('other', hidden, 1, ['x']) as never),
    );
    const whole = await begin(`${streams.application}-whole`);
    await whole.transaction.send(
      record(impressions, impressionOf('i1', hidden, 10, ['a']) as never),
    );
    await whole.transaction.send(record(clicks, clickOf('c1', 'i1', hidden, 'a', 20) as never));
    await whole.transaction.commit();
    const rewarded = async () => (await streams.committed(rewards)).map(({ clickId }) => clickId);
    // One fetch reads all partitions. So each of these, which go all the way in the other one, is a fetch
    // more that has seen the hidden slate's click.
    for (let n = 0; n < 5; n++) {
      const [slate, click] = [`seen-${n}`, `seen-click-${n}`];
      await streams.send([
        { topic: impressions, event: impressionOf(slate, seen, 100 * n, ['a']) },
        { topic: clicks, event: clickOf(click, slate, seen, 'a', 100 * n + 1) },
      ]);
      while (!(await rewarded()).includes(click));
    }
    expect(await rewarded()).not.toContain('c1');
    expect(await streams.committed(deadLetters)).toEqual([]);
    await open.transaction.commit();
    await pipeline.settled();
    expect(await rewarded()).toContain('c1');
    expect(await streams.committed(deadLetters)).toEqual([]);
    await Promise.all([open.producer.disconnect(), whole.producer.disconnect()]);
  }, 60_000);
});

describeOnInfra('a table of the Kafka runtime', () => {
  it('leaves out a record it cannot read, and takes the ones behind it', async () => {
    const streams = await testStreams();
    const producer = streams.kafka.producer();
    await producer.connect();
    const broken = { key: 'broken', value: Buffer.from('not avro'), timestamp: '5' };
    await producer.send({ topic: streams.nameOf(items), messages: [broken] });
    await producer.disconnect();
    await streams.send([{ topic: items, event: itemOf('a', ['war']) }]);
    await using pipeline = streams.pipeline(mainTopology());
    await pipeline.start();
    expect([...pipeline.tables.of(catalogueTable).ids()]).toEqual(['a']);
  }, 60_000);
});

describeOnInfra('the schema registry', () => {
  it('refuses a schema that cannot read what is there', async () => {
    const { registryUrl } = await startInfra();
    const prefix = `refuse-${performance.now().toFixed(0)}-`;
    const registry = new SchemaRegistry({ host: registryUrl });
    const fields = [{ name: 'clickId', type: 'long' }];
    const schema = JSON.stringify({ type: 'record', name: 'Click', namespace: 'millrace', fields });
    await registry.register(
      { type: SchemaType.AVRO, schema },
      { subject: `${prefix}clicks-value` },
    );
    const refused = registerSchemas({ url: registryUrl }, prefix, [clicks]);
    await expect(refused.catch(codeOf)).resolves.toBe('schema-incompatible');
  }, 60_000);
});
