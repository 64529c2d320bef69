// A cluster of three brokers, replication 3, two replicas in sync: what becomes of a pipeline whose
// leaders are killed.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Admin, Kafka } from 'kafkajs';
import { readConfig } from '../../app/config/read.ts';
import { ensureParts } from '../../infra/embedded/parts.ts';
import { startRegistry } from '../../infra/embedded/registry.ts';
import type { EmbeddedRegistry } from '../../infra/embedded/types.ts';
import { forPeople } from '../../infra/kafka/failures.ts';
import { noInstruments } from '../../infra/kafka/instruments.ts';
import { Outbox } from '../../infra/kafka/outbox.ts';
import { TransactionalProducer } from '../../infra/kafka/transactional-producer.ts';
import { leaderOf, openCluster } from '../../infra/kafka/wire/cluster.ts';
import { fetchCall } from '../../infra/kafka/wire/requests.ts';
import type { MillraceError } from '../../schemas/errors.ts';
import { clicks } from '../../schemas/topics/clicks.ts';
import { deadLetters } from '../../schemas/topics/dead-letters.ts';
import { type Reward, rewards } from '../../schemas/topics/rewards.ts';
import { MemoryRuntime } from '../../streams/engine/memory-runtime.ts';
import { type Brokers, startBrokers } from '../support/brokers.ts';
import { clickOf } from '../support/events.ts';
import { runNode } from '../support/millrace.ts';
import { testStreams } from '../support/streams.ts';
import { tallyClick, tallyTopology } from '../support/tally.ts';

const dir = mkdtempSync(join(tmpdir(), 'millrace-three-'));
const { partsDir } = readConfig();
let brokers: Brokers;
let registry: EmbeddedRegistry;

beforeAll(async () => {
  await ensureParts({ partsDir, llm: { model: 'none is needed' } });
  [brokers, registry] = await Promise.all([
    startBrokers({ dir, partsDir }),
    startRegistry({ dataDir: dir, partsDir, port: 20_500 + (process.pid % 400) }),
  ]);
}, 120_000);

afterAll(async () => {
  await Promise.all([brokers?.[Symbol.asyncDispose](), registry?.[Symbol.asyncDispose]()]);
  rmSync(dir, { recursive: true, force: true });
}, 60_000);

const ingestOnce = new URL('../support/ingest-once.ts', import.meta.url).pathname;

const infra = () => ({ brokers: brokers.addresses.join(), registryUrl: registry.url });

async function withAdmin<T>(kafka: Kafka, work: (admin: Admin) => Promise<T>): Promise<T> {
  const admin = kafka.admin();
  await admin.connect();
  return work(admin).finally(() => admin.disconnect());
}

describe('three brokers', () => {
  it('hold every topic three times, and a killed leader costs nothing and doubles nothing', async () => {
    const streams = await testStreams(3, infra());
    const topic = streams.nameOf(clicks);
    const { topics } = await withAdmin(streams.kafka, (admin) =>
      admin.fetchTopicMetadata({ topics: [topic, streams.nameOf(deadLetters)] }),
    );
    const partitions = topics.flatMap((one) => one.partitions);
    expect(partitions).toHaveLength(6);
    expect(new Set(partitions.map(({ replicas }) => replicas.length))).toEqual(new Set([3]));

    const events = Array.from({ length: 3_000 }, (_, i) => ({
      topic: clicks,
      event: tallyClick(i),
    }));
    const begun = Promise.withResolvers<void>();
    const instruments = { ...noInstruments, committed: () => begun.resolve() };
    await streams.send(events.slice(0, 1_500));
    const env = {
      KAFKA_BROKERS: infra().brokers,
      SCHEMA_REGISTRY_URL: registry.url,
      TOPIC_PREFIX: streams.layout.prefix,
      MILLRACE_DATA_DIR: join(dir, 'ingest'),
    };
    const ingest = runNode([ingestOnce, '3000'], { env });
    const leader = partitions.find(({ leader }) => leader > 0)!.leader;
    {
      await using pipeline = streams.pipeline(tallyTopology, {
        instruments,
        limits: { records: 100 },
      });
      await pipeline.start();
      await Promise.race([begun.promise, pipeline.failed]);
      await brokers.node(leader).end('kill');
      await pipeline.settled();
    }
    // The state is restored while that broker is away.
    await streams.send(events.slice(1_500));
    await using pipeline = streams.pipeline(tallyTopology);
    await pipeline.start();
    await pipeline.settled();
    await ingest.ended;
    await brokers.node(leader).again();

    const memory = new MemoryRuntime(tallyTopology, { partitions: 3 });
    for (const one of events) memory.send(one.topic, one.event);
    memory.drain();
    // Each user is in one partition, so in order.
    const lines = (of: readonly Reward[]) =>
      of.map((one) => `${one.userId} ${one.clickId} ${one.impressionId} ${one.value}`).sort();
    expect(lines(await streams.committed(rewards))).toEqual(lines(memory.events(rewards)));
    expect(await streams.committed(deadLetters)).toEqual([]);
    expect(JSON.parse(ingest.output.out || '{}')).toMatchObject({ rewards: 3_000, errors: [] });
  }, 240_000);

  it('are read by their leaders alone: a follower, whose end lags, refuses', async () => {
    const streams = await testStreams(1, infra());
    const topic = streams.nameOf(clicks);
    await streams.send([{ topic: clicks, event: tallyClick(1) }]);
    const cluster = openCluster(streams.kafka);
    await cluster.connect();
    await cluster.addMultipleTargetTopics([topic]);
    const leader = leaderOf(cluster, topic, 0)!;
    const limits = {
      minBytes: 1,
      maxWaitMs: 500,
      maxBytes: 1 << 20,
      maxBytesPerPartition: 1 << 20,
    };
    const answers = new Map<string, { errorCode: number; records: number }>();
    for (const nodeId of ['1', '2', '3']) {
      const broker = await cluster.findBroker({ nodeId });
      const call = fetchCall([{ topic, partition: 0, offset: 0 }], limits);
      const { errorCode, records } = (await broker.connectionPool.send(call)).partitions[0]!;
      answers.set(nodeId, { errorCode, records: records.length });
    }
    await cluster.disconnect();
    const refused = { errorCode: 6, records: 0 };
    const read = { errorCode: 0, records: 1 };
    const expected = ['1', '2', '3'].map((id) => [id, id === leader ? read : refused] as const);
    expect(answers).toEqual(new Map(expected));
  }, 60_000);

  it('of which two are away: a commit fails in its time, with its cause; what became of it is one of two', async () => {
    const streams = await testStreams(1, infra());
    const { kafka, application, nameOf, codecs } = streams;
    const outbox = (id: string) => {
      const one = new Outbox();
      const click = clickOf(id, 'i', 'u', 'a', 1_000);
      one.add(nameOf(clicks), { of: 1 }, 'u', codecs.of(clicks), click);
      return one;
    };
    const retryForMs = 8_000;
    const before = await TransactionalProducer.takeOver(kafka, `${application}-t`, retryForMs);
    await before.commit(outbox('before'));
    const { topics } = await withAdmin(kafka, (admin) =>
      admin.fetchTopicMetadata({ topics: [nameOf(clicks)] }),
    );
    // The leader stays, alone.
    const leader = String(topics[0]!.partitions[0]!.leader);
    const others = ['1', '2', '3'].filter((id) => id !== leader);
    await Promise.all(others.map((id) => brokers.node(id).end('kill')));
    const begun = performance.now();
    const error = await before.commit(outbox('meanwhile')).then(
      () => undefined,
      (thrown) => forPeople(thrown) as MillraceError,
    );
    // One deadline for all that a commit does, and a connection that is being opened.
    expect(performance.now() - begun).toBeLessThan(retryForMs + 7_000);
    expect(['broker-unavailable', 'broker-refused']).toContain(error?.code);
    await before.close();
    await Promise.all(others.map((id) => brokers.node(id).again()));

    const after = await TransactionalProducer.takeOver(kafka, `${application}-t`, 60_000);
    await after.commit(outbox('after'));
    await after.close();
    const ids = (await streams.committed(clicks)).map(({ clickId }) => clickId);
    // Nobody could be asked whether it was committed; it is there once or not at all.
    expect([
      ['before', 'after'],
      ['before', 'meanwhile', 'after'],
    ]).toContainEqual(ids);
  }, 180_000);
});
