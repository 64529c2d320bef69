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
import { noInstruments } from '../../infra/kafka/instruments.ts';
import { clicks } from '../../schemas/topics/clicks.ts';
import { deadLetters } from '../../schemas/topics/dead-letters.ts';
import { type Reward, rewards } from '../../schemas/topics/rewards.ts';
import { MemoryRuntime } from '../../streams/engine/memory-runtime.ts';
import { type Brokers, startBrokers } from '../support/brokers.ts';
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
    await using pipeline = streams.pipeline(tallyTopology, {
      instruments: { ...noInstruments, committed: () => begun.resolve() },
      limits: { records: 100 },
    });
    await streams.send(events.slice(0, 1_500));
    await pipeline.start();
    await Promise.race([begun.promise, pipeline.failed]);
    const leader = partitions.find(({ leader }) => leader > 0)!.leader;
    await brokers.node(leader).end('kill');
    await streams.send(events.slice(1_500));
    await pipeline.settled();
    await brokers.node(leader).again();

    const memory = new MemoryRuntime(tallyTopology, { partitions: 3 });
    for (const one of events) memory.send(one.topic, one.event);
    memory.drain();
    // Each user is in one partition, so in order.
    const lines = (of: readonly Reward[]) =>
      of.map((one) => `${one.userId} ${one.clickId} ${one.impressionId} ${one.value}`).sort();
    expect(lines(await streams.committed(rewards))).toEqual(lines(memory.events(rewards)));
    expect(await streams.committed(deadLetters)).toEqual([]);
  }, 180_000);
});
