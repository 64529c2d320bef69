// What becomes of a stage while its registry or its broker is away: both are the test's own, and killed.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Kafka, logLevel } from 'kafkajs';
import { readConfig } from '../../app/config/read.ts';
import { startKafka } from '../../infra/embedded/kafka.ts';
import { startRegistry } from '../../infra/embedded/registry.ts';
import type { EmbeddedKafka, EmbeddedPart, EmbeddedRegistry } from '../../infra/embedded/types.ts';
import { noInstruments } from '../../infra/kafka/instruments.ts';
import type { MillraceError } from '../../schemas/errors.ts';
import { clicks } from '../../schemas/topics/clicks.ts';
import { deadLetters } from '../../schemas/topics/dead-letters.ts';
import { type Reward, rewards } from '../../schemas/topics/rewards.ts';
import { MemoryRuntime } from '../../streams/engine/memory-runtime.ts';
import { enriching } from '../support/enrichers.ts';
import { widerClicks } from '../support/foreign-schema.ts';
import { RetryLog } from '../support/retry-log.ts';
import { testStreams } from '../support/streams.ts';
import { tallyClick, tallyTopology } from '../support/tally.ts';

const dataDir = mkdtempSync(join(tmpdir(), 'millrace-errors-'));
const place = { dataDir, partsDir: readConfig().partsDir };
/** Far from the ports that others on this machine begin to look at. */
const port = 25_000 + (process.pid % 400) * 10;
let kafka: EmbeddedKafka;
let registry: EmbeddedRegistry;

beforeAll(async () => {
  [kafka, registry] = await Promise.all([
    startKafka({ ...place, port }),
    startRegistry({ ...place, port: port + 5 }),
  ]);
}, 90_000);

afterAll(async () => {
  await Promise.all([kafka?.[Symbol.asyncDispose](), registry?.[Symbol.asyncDispose]()]);
  rmSync(dataDir, { recursive: true, force: true });
}, 60_000);

const infra = () => ({ brokers: kafka.brokers, registryUrl: registry.url });

async function kill({ pid, exited }: EmbeddedPart): Promise<void> {
  process.kill(pid, 'SIGKILL');
  await exited;
}

/** A client that gives up soon: an outage shows in the stage. */
function impatient(): Kafka {
  return new Kafka({
    brokers: [kafka.brokers],
    logLevel: logLevel.NOTHING,
    connectionTimeout: 1_000,
    retry: { initialRetryTime: 20, maxRetryTime: 100, retries: 2 },
  });
}

const quick = { firstPauseMs: 50, longestPauseMs: 400, retryForMs: 200, retries: 200 };

describe('a registry that is away', () => {
  it('holds up records of a schema that is new here, and none is skipped', async () => {
    const streams = await testStreams(1, infra());
    const wider = await widerClicks(registry.url, streams.layout.prefix);
    const value = wider.write({ ...tallyClick(1), device: 'phone' });

    await kill(registry);
    await streams.send([{ topic: clicks, event: tallyClick(0) }]);
    await streams.write(clicks, [{ key: 'user-1', value, timestamp: '1000100' }]);
    await streams.send([{ topic: clicks, event: tallyClick(2) }]);
    const restarts = new RetryLog();
    // The broker is there, however long it takes over its first transaction.
    const policy = { ...quick, retryForMs: 10_000 };
    await using pipeline = streams.pipeline(tallyTopology, { log: restarts.log, policy });
    await pipeline.start();
    await Promise.race([restarts.until(3), pipeline.failed]);
    expect(restarts.seen.slice(0, 3)).toEqual([
      { code: 'registry-unreachable', pause: 50 },
      { code: 'registry-unreachable', pause: 100 },
      { code: 'registry-unreachable', pause: 200 },
    ]);
    expect(await streams.committed(deadLetters)).toEqual([]);

    registry = await startRegistry(place);
    await pipeline.settled();
    const ids = (await streams.committed(rewards)).map(({ clickId }) => clickId);
    expect(ids).toEqual(['c0', 'c1', 'c2']);
    expect(await streams.committed(deadLetters)).toEqual([]);
  }, 90_000);
});

describe('a broker that is away', () => {
  it('interrupts a stage and an enricher; once it is back, nothing is lost, and by the stage nothing doubled', async () => {
    const streams = await testStreams(3, infra());
    const events = Array.from({ length: 4_000 }, (_, i) => ({
      topic: clicks,
      event: tallyClick(i),
    }));
    const restarts = new RetryLog();
    const firstCommit = Promise.withResolvers<void>();
    const handled = new Set<string>();
    const { enrichers } = enriching(({ clickId }) => void handled.add(clickId));
    await using pipeline = streams.pipeline(
      { ...tallyTopology, enrichers },
      {
        kafka: impatient(),
        log: restarts.log,
        instruments: { ...noInstruments, committed: () => firstCommit.resolve() },
        limits: { records: 100 },
        policy: quick,
        // Members that were killed are waited for as long.
        timing: { sessionTimeoutMs: 6_000 },
      },
    );
    await streams.send(events);
    await pipeline.start();
    await Promise.race([firstCommit.promise, pipeline.failed]);
    await kill(kafka);
    await Promise.race([restarts.until(3), pipeline.failed]);
    kafka = await startKafka(place);
    await pipeline.settled();

    const memory = new MemoryRuntime(tallyTopology, { partitions: 3 });
    for (const { topic, event } of events) memory.send(topic, event);
    memory.drain();
    // Each user is in one partition, so in order.
    const lines = (of: readonly Reward[]) =>
      of.map((one) => `${one.userId} ${one.clickId} ${one.impressionId} ${one.value}`).sort();
    expect(lines(await streams.committed(rewards))).toEqual(lines(memory.events(rewards)));
    expect(await streams.committed(deadLetters)).toEqual([]);
    expect(handled.size).toBe(events.length);
  }, 120_000);

  it('ends the pipeline when it does not come back, with a word on what to do', async () => {
    const streams = await testStreams(1, infra());
    await using pipeline = streams.pipeline(tallyTopology, {
      kafka: impatient(),
      policy: { ...quick, retries: 2 },
    });
    await pipeline.start();
    await pipeline.settled();
    await kill(kafka);
    const error = await pipeline.failed.catch((error: unknown) => error as MillraceError);
    expect(error).toMatchObject({ code: 'stage-failed', cause: { code: 'broker-unavailable' } });
    expect(error.message).toContain('The stage tally could not go on.');
    expect(error.message).toContain('Check KAFKA_BROKERS');
    expect(error.message).toContain('Nothing is lost');
  }, 90_000);
});
