// What an operator does: scrape, probe, scale out, look at the topics, rebuild.
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, expect, it } from '@jest/globals';
import { readConfig } from '../../app/config/read.ts';
import { topologyOf } from '../../app/topology.ts';
import { serveOperations } from '../../infra/http/operations.ts';
import { Pipeline } from '../../infra/kafka/pipeline.ts';
import { PrometheusMetrics } from '../../infra/metrics/prometheus.ts';
import { deadLetters } from '../../schemas/topics/dead-letters.ts';
import { examples } from '../../schemas/topics/examples.ts';
import { impressions } from '../../schemas/topics/impressions.ts';
import { predictions } from '../../schemas/topics/predictions.ts';
import { rewards } from '../../schemas/topics/rewards.ts';
import { MemoryRuntime } from '../../streams/engine/memory-runtime.ts';
import { mainTopology } from '../../streams/topology.ts';
import { type Family, parseExposition } from '../metrics/exposition.ts';
import { byId, history } from '../support/history.ts';
import { describeOnInfra, startInfra } from '../support/infra.ts';
import { millrace, type Run, said } from '../support/millrace.ts';
import { type Event, testStreams } from '../support/streams.ts';

const scratch = mkdtempSync(join(tmpdir(), 'millrace-operations-'));
const running: Run[] = [];

afterAll(async () => {
  for (const { child, ended } of running) {
    child.kill('SIGKILL');
    await ended;
  }
  rmSync(scratch, { recursive: true, force: true });
});

const partitions = 4;

async function until<T>(look: () => Promise<T | undefined | false>): Promise<T> {
  for (;;) {
    const found = await look();
    if (found) return found;
    await sleep(100);
  }
}

async function scrape(url: string): Promise<Map<string, Family>> {
  return parseExposition(await (await fetch(`${url}/metrics`)).text());
}

/** Sum of the samples of a family whose labels are as wanted. */
function total(families: Map<string, Family>, name: string, wanted: Record<string, string> = {}) {
  const samples = [...families.values()].flatMap((family) => family.samples);
  return samples
    .filter((sample) => sample.name === name)
    .filter(({ labels }) => Object.entries(wanted).every(([key, value]) => labels[key] === value))
    .reduce((sum, { value }) => sum + value, 0);
}

const isReady = async (url: string) => (await fetch(`${url}/ready`)).status === 200;

function inMemory(events: readonly Event[]): MemoryRuntime {
  const memory = new MemoryRuntime(mainTopology());
  for (const { topic, event } of events) memory.send(topic, event as never);
  memory.drain();
  return memory;
}

describeOnInfra('the operations of a pipeline', () => {
  it('are its metrics, its readiness, and what it skipped', async () => {
    const streams = await testStreams(2);
    const topology = mainTopology();
    const metrics = new PrometheusMetrics({
      stages: topology.stages.map(({ name }) => name),
      lags: () => pipeline.lags(),
    });
    const { registry, tasks } = metrics;
    await using server = await serveOperations(
      { registry, readiness: () => tasks.readiness() },
      { host: '127.0.0.1', port: 9464 },
    );
    await using pipeline: Pipeline = new Pipeline({
      ...streams,
      topology,
      instruments: metrics,
    });
    const { url } = server;
    expect(await isReady(url)).toBe(false);
    await pipeline.start();
    tasks.begun();
    await until(() => isReady(url));
    const events = history(200, 2);
    const producer = streams.kafka.producer();
    await producer.connect();
    const unreadable = { key: 'u', value: 'not avro', timestamp: '5', partition: 0 };
    await producer.send({ topic: streams.nameOf(impressions), messages: [unreadable] });
    await producer.disconnect();
    await streams.send(events);
    await pipeline.settled();

    const families = await scrape(url);
    const serve = { stage: 'serve' };
    expect(total(families, 'millrace_committed_records_total', serve)).toBe(events.length + 1);
    const skipped = families.get('millrace_records_skipped_total')!.samples;
    expect(skipped.filter(({ value }) => value > 0)).toMatchObject([
      { labels: { ...serve, code: 'record-undecodable' }, value: 1 },
    ]);
    expect(total(families, 'millrace_task_state', { ...serve, state: 'running' })).toBe(2);
    expect(total(families, 'millrace_task_state', { state: 'running' })).toBe(5);
    expect(total(families, 'millrace_commit_seconds_count', serve)).toBeGreaterThan(0);
    expect(total(families, 'millrace_rebalances_total')).toBeGreaterThanOrEqual(3);
    const lag = families.get('millrace_consumer_lag')!.samples;
    // Two partitions of requests, impressions, clicks and forgotten; one of what each other stage reads.
    expect(lag).toHaveLength(4 * 2 + 1 + 1 + 1);
    expect(lag.every(({ value }) => value === 0)).toBe(true);
    expect(total(families, 'millrace_consumer_lag_failures_total')).toBe(0);
  }, 120_000);
});

describeOnInfra('millrace run', () => {
  it('shares the work between processes; when one is killed, the other takes over', async () => {
    const streams = await testStreams(partitions);
    const { brokers, registryUrl } = await startInfra();
    const env = {
      KAFKA_BROKERS: brokers,
      SCHEMA_REGISTRY_URL: registryUrl,
      TOPIC_PREFIX: streams.layout.prefix,
      MILLRACE_PARTITIONS: String(partitions),
    };
    const start = (name: string, state: string) => {
      const run = millrace(['--data-dir', join(scratch, name), 'run', '--no-clickhouse'], {
        ...env,
        STATE_STORE: state,
      });
      running.push(run);
      return run;
    };
    const urlOf = async (run: Run) => (await said(run, /Operations: (\S+)\/metrics/))[1]!;
    const [first, second] = [start('first', 'memory'), start('second', 'lmdb')];
    const [firstUrl, secondUrl] = [await urlOf(first), await urlOf(second)];
    const tasksOf = async (url: string) =>
      total(await scrape(url), 'millrace_task_state', { stage: 'serve', state: 'running' });
    await until(async () => (await isReady(firstUrl)) && (await isReady(secondUrl)));
    await until(async () => (await tasksOf(firstUrl)) === 2 && (await tasksOf(secondUrl)) === 2);

    // One task each of the stages that read a topic of one partition.
    const { stages } = topologyOf(readConfig({}, { folder: null }));
    const others = stages.filter(({ name }) => name !== 'serve').length;
    const events = history(900, partitions);
    const third = Math.floor(events.length / 3);
    await streams.send(events.slice(0, third));
    await until(async () => total(await scrape(firstUrl), 'millrace_committed_records_total') > 0);
    const sending = streams.send(events.slice(third, 2 * third));
    first.child.kill('SIGKILL');
    await sending;
    expect(await first.ended).toBeNull();
    await streams.send(events.slice(2 * third));
    await until(async () => (await tasksOf(secondUrl)) === partitions);
    // Twice in a row: what one stage had just committed, the next may not have counted yet.
    let quiet = 0;
    await until(async () => {
      const families = await scrape(secondUrl);
      const done =
        total(families, 'millrace_consumer_lag') === 0 &&
        total(families, 'millrace_task_state', { state: 'running' }) === partitions + others;
      quiet = done ? quiet + 1 : 0;
      return quiet === 2;
    });
    expect(await isReady(secondUrl)).toBe(true);

    second.child.kill('SIGTERM');
    expect(await second.ended).toBe(143);
    expect(existsSync(join(scratch, 'first', 'state'))).toBe(false);
    expect(readdirSync(join(scratch, 'second', 'state'))).toHaveLength(1);
    const memory = inMemory(events);
    expect(byId(await streams.committed(examples))).toEqual(byId(memory.events(examples)));
    expect(byId(await streams.committed(rewards))).toEqual(byId(memory.events(rewards)));
    expect(await streams.committed(deadLetters)).toEqual([]);
    const learned = (await streams.committed(predictions))
      .filter(({ models }) => models[0] === 'millrace')
      .map(({ version }) => version)
      .sort((a, b) => a - b);
    expect(learned).toEqual(Array.from({ length: 900 }, (_, version) => version));

    const topics = millrace(['--data-dir', join(scratch, 'topics'), 'topics', '--json'], env);
    expect(await topics.ended).toBe(0);
    const overview = JSON.parse(topics.output.out);
    const named = (name: string) =>
      overview.topics.find((one: { topic: string }) => one.topic === `${env.TOPIC_PREFIX}${name}`);
    expect(named('user-state')).toMatchObject({ cleanupPolicy: 'compact', retentionMs: -1 });
    expect(named('user-state').partitions).toHaveLength(partitions);
    expect(
      named('impressions').partitions.reduce(
        (sum: number, one: { high: number }) => sum + one.high,
        0,
      ),
    ).toBe(904);
    const group = overview.groups.find((one: { group: string }) =>
      one.group.endsWith('millrace-serve'),
    );
    expect(group).toMatchObject({ state: 'Empty', members: 0 });
    expect(group.topics).toHaveLength(4);

    const users = new Set(memory.events(examples).map(({ userId }) => userId));
    const rebuilt = millrace(
      ['--data-dir', join(scratch, 'topics'), 'rebuild', 'user-state', '--json'],
      env,
    );
    expect(await rebuilt.ended).toBe(0);
    expect(JSON.parse(rebuilt.output.out)).toMatchObject({
      equal: true,
      live: { size: users.size },
    });
  }, 180_000);

  it('runs in threads as in processes, and is asked as one', async () => {
    const streams = await testStreams(partitions);
    const { brokers, registryUrl } = await startInfra();
    const args = ['run', '--threads', '2', '--no-clickhouse'];
    const run = millrace(['--data-dir', join(scratch, 'threads'), ...args], {
      KAFKA_BROKERS: brokers,
      SCHEMA_REGISTRY_URL: registryUrl,
      TOPIC_PREFIX: streams.layout.prefix,
      MILLRACE_PARTITIONS: String(partitions),
      STATE_STORE: 'lmdb',
    });
    running.push(run);
    const url = (await said(run, /Operations: (\S+)\/metrics/))[1]!;
    const allRunning = { stage: 'serve', state: 'running' };
    await until(
      async () =>
        (await isReady(url)) &&
        total(await scrape(url), 'millrace_task_state', allRunning) === partitions,
    );
    const events = history(300, partitions);
    await streams.send(events);
    const memory = inMemory(events);
    const expected = byId(memory.events(examples));
    await until(async () => (await streams.committed(examples)).length >= expected.length);
    const families = await scrape(url);
    expect(total(families, 'millrace_committed_records_total', { stage: 'serve' })).toBe(
      events.length,
    );
    expect(families.get('process_resident_memory_bytes')!.samples).toHaveLength(1);
    expect(byId(await streams.committed(examples))).toEqual(expected);
    run.child.kill('SIGTERM');
    expect(await run.ended).toBe(143);
    expect(
      readdirSync(join(scratch, 'threads')).filter((name) => name.startsWith('state')),
    ).toEqual(['state-0', 'state-1']);
  }, 120_000);

  it('knows its processors', async () => {
    const run = millrace(['--data-dir', join(scratch, 'unknown'), 'run', 'serve', 'lern']);
    expect(await run.ended).toBe(1);
    expect(run.output.err).toContain('Error (processor-unknown): There is no processor lern.');
    expect(run.output.err).toContain('serve, learn, calibrate, represent, reason, explain;');
  }, 60_000);
});
