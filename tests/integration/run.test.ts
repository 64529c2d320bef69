// `millrace run` with nothing configured but where Kafka is, as a foreign application sees it: who is served
// by what, what answers while it runs, and that nobody but people gives feedback.
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { SchemaRegistry } from '@kafkajs/confluent-schema-registry';
import { Kafka, logLevel, type Producer } from 'kafkajs';
import type { DashboardState } from '../../infra/http/state.ts';
import { describeOnInfra, startInfra } from '../support/infra.ts';
import { millrace, type Run, said } from '../support/millrace.ts';

const minute = 60_000;
/** The day is played fast, so it began some hours ago. */
const begin = Date.now() - 5 * 60 * minute;
const dataDir = mkdtempSync(join(tmpdir(), 'millrace-run-'));
const prefix = `run-${randomUUID().slice(0, 8)}.`;
const env: Record<string, string> = { TOPIC_PREFIX: prefix };
const catalogue = Array.from({ length: 60 }, (_, i) => `film-${i}`);
/** Every third film is liked, whoever sees it. */
const isLiked = (itemId: string) => Number(itemId.slice(5)) % 3 === 0;

let running: Run;
let producer: Producer;
let registry: SchemaRegistry;
/** Event time; it goes on with every event. */
let now = begin;

function later(ms: number): number {
  now += ms;
  return now;
}

/** Sends as an application of another team does: by its own client, with the schema that is registered. */
async function send(topic: string, keyOf: string, events: readonly Record<string, unknown>[]) {
  const id = await registry.getLatestSchemaId(`${prefix}${topic}-value`);
  const messages = await Promise.all(
    events.map(async (event) => ({
      key: String(event[keyOf]),
      value: await registry.encode(id, event),
      timestamp: String(event.at),
    })),
  );
  await producer.send({ topic: `${prefix}${topic}`, messages });
}

async function answer(...args: string[]): Promise<string> {
  const { output, ended } = millrace(['--data-dir', dataDir, ...args], env);
  const code = await ended;
  if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}:\n${output.err}`);
  return output.out;
}

async function sql<T>(query: string): Promise<T[]> {
  return JSON.parse(await answer('sql', '--json', query));
}

/** Asks until the answer will do. */
async function until<T>(ask: () => Promise<T>, holds: (found: T) => boolean): Promise<T> {
  for (;;) {
    const found = await ask();
    if (holds(found)) return found;
    await sleep(300);
  }
}

interface Served {
  impressionId: string;
  userId: string;
  policy: string;
  variant: string;
  at: string;
  itemIds: string[];
  missing: string[];
}

const served = (where: string) =>
  sql<Served>(
    `select impressionId, userId, policy, variant, \`items.itemId\` as itemIds, missing
     from impressions final where servedBy = 'served' and ${where} order by at`,
  );

/** Requests of so many users, and the slates that they got. */
async function request(name: string, count: number): Promise<Served[]> {
  const requests = Array.from({ length: count }, (_, i) => ({
    ...{ requestId: `${name}-${i}`, userId: `user-${i}`, at: later(1_000), k: 5 },
    ...{ surface: 'home', candidates: null, said: null, context: null },
  }));
  await send('requests', 'userId', requests);
  return until(
    () => served(`startsWith(requestId, '${name}-')`),
    ({ length }) => length === count,
  );
}

const click = (impressionId: string, userId: string, itemId: string) => ({
  ...{ clickId: randomUUID(), impressionId, userId, itemId, at: later(1), kind: 'click' },
  ...{ positive: true, value: 1, source: 'logged', confidence: 1, similarity: null },
});

const clicksOn = (slates: readonly Served[]) =>
  slates.flatMap(({ impressionId, userId, itemIds }) =>
    itemIds.filter(isLiked).map((itemId) => click(impressionId, userId, itemId)),
  );

/** How much of the slates is liked. */
const likedShare = (slates: readonly Served[]) =>
  slates.flatMap(({ itemIds }) => itemIds).filter(isLiked).length / (5 * slates.length);

/** What another system showed, and what people said to it. */
async function logged(count: number): Promise<void> {
  const shown = Array.from({ length: count }, (_, i) => ({
    ...{ impressionId: `log-${now}-${i}`, requestId: null, userId: `user-${i % 50}` },
    ...{ at: later(100), servedBy: 'logged', policy: 'theirs', version: 0, tier: 'foreign' },
    ...{ variant: '', seed: 0, candidateCount: 3, propensitySource: 'estimated' },
    ...{ slateLogProb: Math.log(1 / 6), variants: [], missing: [], latencyMs: 0 },
    items: [0, 1, 2].map((position) => ({
      ...{ itemId: catalogue[(i * 7 + position * 13) % catalogue.length]!, position, score: 0 },
      ...{ propensity: 1 / 3, targetPropensities: [], similarity: null, intent: null },
    })),
  }));
  await send('impressions', 'userId', shown);
  await send(
    'clicks',
    'userId',
    shown.flatMap(({ impressionId, userId, items }) =>
      items
        .filter(({ itemId }) => isLiked(itemId))
        .map(({ itemId }) => click(impressionId, userId, itemId)),
    ),
  );
}

afterAll(async () => {
  await producer?.disconnect();
  running?.child.kill('SIGKILL');
  await running?.ended;
  rmSync(dataDir, { recursive: true, force: true });
});

describeOnInfra('millrace run, with nothing configured', () => {
  beforeAll(async () => {
    const { brokers, registryUrl } = await startInfra();
    Object.assign(env, { KAFKA_BROKERS: brokers, SCHEMA_REGISTRY_URL: registryUrl });
    running = millrace(['--data-dir', dataDir, 'run', '--llm'], env);
    await said(running, /Running .*serve/);
    const kafka = new Kafka({ brokers: brokers.split(','), logLevel: logLevel.NOTHING });
    producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1 });
    await producer.connect();
    registry = new SchemaRegistry({ host: registryUrl });
    await send(
      'items',
      'itemId',
      catalogue.map((itemId, i) => ({
        ...{ itemId, at: now, title: `The film number ${i}`, text: `A film, number ${i}` },
        ...{ groups: [`genre-${i % 5}`], attributes: {} },
      })),
    );
  }, 240_000);

  let early: Served[];

  it('serves everybody by the one variant before anything is learned: by what is popular', async () => {
    // The catalogue is a table, which comes to the stage a moment after its topic.
    let tries = 0;
    await until(
      () => request(`probe${tries++}`, 1),
      ([slate]) => slate!.itemIds.length === 5,
    );
    early = await request('early', 30);
    await send('clicks', 'userId', clicksOn(early));
    const warm = await request('warm', 60);
    for (const { variant, policy, missing, itemIds } of [...early, ...warm]) {
      expect({ variant, policy }).toEqual({ variant: 'millrace', policy: 'popularity' });
      expect(missing).toContain('snapshot');
      expect(new Set(itemIds).size).toBe(5);
    }
    // A third of the films is liked. Nothing is popular at first; then what people liked is.
    expect(likedShare(early)).toBeLessThan(0.5);
    expect(likedShare(warm)).toBeGreaterThan(0.6);
  }, 120_000);

  it('serves everybody by the policy that learned, once there is a snapshot', async () => {
    await logged(1_100);
    // Half an hour later the windows have closed.
    later(31 * minute);
    await logged(1);
    await until(
      () => sql<{ n: number }>('select toUInt32(count()) as n from predictions final'),
      ([row]) => row!.n >= 1_100,
    );
    await until(
      async () => (await request(`probe-${now}`, 1))[0]!.policy,
      (policy) => policy === 'millrace',
    );
    const late = await request('late', 60);
    expect(new Set(late.map(({ variant }) => variant))).toEqual(new Set(['millrace']));
    expect(new Set(late.map(({ policy }) => policy))).toEqual(new Set(['millrace']));
    expect(likedShare(late)).toBeGreaterThan(0.7);
    await send('clicks', 'userId', clicksOn(late));
    later(31 * minute);
    await logged(1);
    await until(
      () =>
        sql<{ n: number }>(
          "select toUInt32(count()) as n from rewards final where variant = 'millrace'",
        ),
      ([row]) => row!.n >= clicksOn(late).length,
    );
  }, 180_000);

  it('answers what the variant earns', async () => {
    const { rows, n } = JSON.parse(await answer('ope', '--json'));
    expect(n).toBeGreaterThanOrEqual(90 * 5);
    expect(rows).toContainEqual(
      expect.objectContaining({ metric: 'snipw', model: 'served->millrace' }),
    );
    const report = JSON.parse(await answer('experiment', '--json'));
    expect(report).toMatchObject({
      candidate: null,
      incumbent: 'millrace',
      verdict: 'no candidate',
      steps: [],
    });
    expect(report.arms).toHaveLength(1);
    expect(report.arms[0]).toMatchObject({ variant: 'millrace', users: 60 });
  }, 120_000);

  it('explains a slate', async () => {
    const [slate] = await served("startsWith(requestId, 'late-')");
    const found = JSON.parse(await answer('explain', slate!.impressionId, '--json'));
    expect(found).toMatchObject({ userId: slate!.userId, policy: 'millrace' });
    expect(found.reasons.map(({ itemId }: { itemId: string }) => itemId)).toEqual(slate!.itemIds);
  }, 240_000);

  it('shows it on the page', async () => {
    const [, url] = await said(running, /Dashboard: (\S+)/);
    expect(await (await fetch(url!)).text()).toContain('<title>Millrace');
    const stateOf = async () => (await (await fetch(`${url}/api/state`)).json()) as DashboardState;
    const { panels, live } = await until(stateOf, (state) => state.panels.ctr.rows.length > 0);
    expect(panels.ctr.rows.map(({ variant }) => variant)).toEqual(['millrace']);
    expect(live.phase).toBe('serving');
    expect(live.stages.map(({ name }) => name)).toContain('serve');
  }, 60_000);

  it('has no feedback but what people gave', async () => {
    const sources = await sql<{ source: string; n: number }>(
      'select source, toUInt32(count()) as n from clicks final group by source',
    );
    expect(sources.map(({ source }) => source)).toEqual(['logged']);
    expect(running.output.err).not.toContain('simulate');
  }, 60_000);

  it('lets a second process onto the data directory, without a ClickHouse of its own', async () => {
    const second = millrace(['--data-dir', dataDir, 'run', 'serve'], env);
    await said(second, /Another process has .* ClickHouse, SQL and the page are left out here\./);
    await said(second, /Running serve/);
    second.child.kill('SIGTERM');
    expect(await second.ended).toBe(143);
    expect(await sql('select 1 as one')).toEqual([{ one: 1 }]);
  }, 120_000);

  it('ends by SIGTERM; its data can be asked afterwards', async () => {
    running.child.kill('SIGTERM');
    expect(await running.ended).toBe(143);
    const [row] = await sql<{ n: number }>(
      "select toUInt32(uniqExact(variant)) as n from impressions final where servedBy = 'served'",
    );
    expect(row).toEqual({ n: 1 });
  }, 60_000);
});
