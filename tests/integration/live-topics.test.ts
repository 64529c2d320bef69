// A shop with topics of its own: `init` looks at them, `run` reads them, killed in mid-stream again and
// again, and each of their records counts once.
import { randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { SchemaRegistry, SchemaType } from '@kafkajs/confluent-schema-registry';
import type { Admin, Producer } from 'kafkajs';
import { clicks } from '../../schemas/topics/clicks.ts';
import { deadLetters } from '../../schemas/topics/dead-letters.ts';
import { impressions } from '../../schemas/topics/impressions.ts';
import { items } from '../../schemas/topics/items.ts';
import { rewards } from '../../schemas/topics/rewards.ts';
import { userStates } from '../../schemas/topics/user-state.ts';
import { describeOnInfra, startInfra } from '../support/infra.ts';
import { type Run, runNode, said } from '../support/millrace.ts';
import { testStreams } from '../support/streams.ts';

const minute = 60_000;
const shop = `shop${randomUUID().slice(0, 6)}`;
const [products, views, purchases] = ['products', 'views', 'purchases'].map(
  (name) => `${shop}.${name}`,
) as [string, string, string];
const folder = mkdtempSync(join(tmpdir(), 'millrace-shop-'));
const program = new URL('../../bin/millrace.ts', import.meta.url).pathname;
const begin = Date.now() - 60 * minute;

let streams: Awaited<ReturnType<typeof testStreams>>;
let producer: Producer;
let admin: Admin;
let env: Record<string, string>;
let running: Run | undefined;
let seen = 0;
let bought = 0;

const cli = (...args: string[]) =>
  runNode([program, '--data-dir', join(folder, 'data'), '--partitions', '2', ...args], {
    cwd: folder,
    env,
  });

async function answer(...args: string[]): Promise<string> {
  const { output, ended } = cli(...args);
  if ((await ended) !== 0) throw new Error(`${args.join(' ')}:\n${output.err}`);
  return output.out;
}

const json = (key: string, value: unknown) => ({ key, value: JSON.stringify(value) });

/** Page views, and a purchase of every fifth product that was viewed, some seconds later. */
async function visit(count: number): Promise<void> {
  const viewed = Array.from({ length: count }, () => {
    const n = seen++;
    const at = new Date(begin + n * 100).toISOString();
    const visitor = `c${1000 + (n % 40)}`;
    return { view_id: `v${n}`, visitor_id: visitor, sku: `sku-${n % 20}`, viewed_at: at };
  });
  await producer.send({ topic: views, messages: viewed.map((one) => json(one.view_id, one)) });
  const sold = viewed.filter((_, i) => i % 5 === 0);
  bought += sold.length;
  const orders = sold.map(({ view_id, visitor_id, sku, viewed_at }) => ({
    order_id: `o-${view_id}`,
    customer_id: visitor_id,
    sku,
    price: 9.5,
    ordered_at: new Date(Date.parse(viewed_at) + 5_000).toISOString(),
  }));
  await producer.send({ topic: purchases, messages: orders.map((one) => json(one.order_id, one)) });
}

beforeAll(async () => {
  const { brokers, registryUrl } = await startInfra();
  const prefix = `${shop}-m.`;
  streams = await testStreams(2, undefined, prefix);
  env = { KAFKA_BROKERS: brokers, SCHEMA_REGISTRY_URL: registryUrl, TOPIC_PREFIX: prefix };
  admin = streams.kafka.admin();
  await admin.connect();
  // More partitions than ours: their number is their owner's.
  const made = [
    [products, 1],
    [views, 3],
    [purchases, 3],
  ] as const;
  await admin.createTopics({
    topics: made.map(([topic, numPartitions]) => ({ topic, numPartitions })),
  });
  producer = streams.kafka.producer({ idempotent: true, maxInFlightRequests: 1 });
  await producer.connect();
  const registry = new SchemaRegistry({ host: registryUrl });
  const { id } = await registry.register(
    {
      type: SchemaType.AVRO,
      schema: JSON.stringify({
        type: 'record',
        name: 'Product',
        namespace: 'shop',
        fields: [
          { name: 'sku', type: 'string' },
          { name: 'title', type: 'string' },
          { name: 'category', type: 'string' },
          { name: 'price', type: 'double' },
        ],
      }),
    },
    { subject: `${products}-value` },
  );
  const catalogue = Array.from({ length: 20 }, (_, i) => ({
    ...{ sku: `sku-${i}`, title: `Thing ${i}`, category: `kind-${i % 4}`, price: i + 0.5 },
  }));
  const messages = await Promise.all(
    catalogue.map(async (one) => ({ key: one.sku, value: await registry.encode(id, one) })),
  );
  await producer.send({ topic: products, messages });
  await visit(300);
}, 120_000);

afterAll(async () => {
  running?.child.kill('SIGKILL');
  await running?.ended;
  await producer?.disconnect();
  await admin?.disconnect();
  rmSync(folder, { recursive: true, force: true });
});

describeOnInfra('topics of a shop', () => {
  it('are guessed from their last records, and shown mapped', async () => {
    await answer('init', '--from', products, views, purchases, '--yes');
    const yaml = readFileSync(join(folder, 'millrace.yaml'), 'utf8');
    expect(yaml).toContain(`topic: ${products}\n    format: avro`);
    expect(yaml).toContain(`topic: ${views}\n    format: json`);
    const { counts, shown } = JSON.parse(await answer('map', '--dry-run', '--json'));
    expect(counts).toEqual({ read: 380, mapped: 380, ignored: 0, refused: 0 });
    expect(shown.map(({ events }: { events: { kind: string }[] }) => events[0]!.kind)).toEqual(
      expect.arrayContaining(['item', 'impression', 'click']),
    );
    expect(await answer('topics', '--acls')).toMatch(
      new RegExp(`--operation Read \\\\\\n  --topic '${products}' --topic '${views}'`),
    );
    const listed = JSON.parse(await answer('topics', '--json')).topics as { topic: string }[];
    expect(listed).toEqual(
      expect.arrayContaining(
        [products, views, purchases].map((topic) =>
          expect.objectContaining({ topic, replicas: 1 }),
        ),
      ),
    );
    const missing = cli('init', '--from', `${shop}.nothing`, '--yes');
    expect(await missing.ended).toBe(1);
    expect(missing.output.err).toContain(`no file, folder or topic ${shop}.nothing`);
  }, 120_000);

  it('are read exactly once, whenever the process is killed', async () => {
    const start = async () => {
      running = cli('run', '--no-clickhouse', '--ops-port', '19464');
      await said(running, /Running .*sources/);
    };
    await start();
    for (const wave of [0, 1, 2]) {
      for (let i = 0; i < 6; i++) {
        await visit(150);
        await sleep(100);
      }
      await sleep(wave * 300);
      running!.child.kill('SIGKILL');
      await running!.ended;
      await visit(100);
      await start();
    }
    // What cannot be used: no JSON, and a row without a product.
    const bad = [{ key: 'x', value: 'no json' }, json('y', { view_id: 'bad', visitor_id: 'v' })];
    await producer.send({ topic: views, messages: bad });
    await visit(50);
    const until = performance.now() + 100_000;
    const done = async () => {
      const shown = (await streams.committed(impressions)).length;
      const letters = (await streams.committed(deadLetters)).length;
      const joined = (await streams.committed(rewards)).length;
      return shown >= seen && joined >= bought && letters >= 2;
    };
    while (!(await done()) && performance.now() < until) await sleep(500);
    await sleep(1_000);

    const idsOf = (ids: readonly string[]) => [ids.length, new Set(ids).size];
    const shown = await streams.committed(impressions);
    expect(idsOf(shown.map(({ impressionId }) => impressionId))).toEqual([seen, seen]);
    const answers = await streams.committed(clicks);
    expect(idsOf(answers.map(({ clickId }) => clickId))).toEqual([bought, bought]);
    expect(answers.every(({ kind }) => kind === 'buy')).toBe(true);
    expect((await streams.held(items)).get('sku-3')).toMatchObject({ title: 'Thing 3' });
    expect(await streams.committed(items)).toHaveLength(20);
    const letters = (await streams.committed(deadLetters)).filter(({ origin }) => origin === views);
    expect(letters.map(({ code, key }) => [code, key]).sort()).toEqual([
      ['field-missing', 'y'],
      ['row-unreadable', 'x'],
    ]);
    expect(letters.map(({ data }) => String(data)).sort()[0]).toBe('no json');
    // They are the users' history: views come before the purchases of a later time, whatever the topics are
    // keyed by and whoever of them was killed.
    const states = await streams.held(userStates);
    const counts = [...states.values()].reduce((sum, { impressions: n }) => sum + n, 0);
    expect(counts).toBe(seen);
    const joined = await streams.committed(rewards);
    expect(idsOf(joined.map(({ clickId }) => clickId))).toEqual([bought, bought]);
    expect((await streams.committed(deadLetters)).filter(({ origin }) => origin !== views)).toEqual(
      [],
    );
    // Nobody has written to the topics of the shop.
    const ends = await admin.fetchTopicOffsets(views);
    expect(ends.reduce((sum, { high }) => sum + Number(high), 0)).toBe(seen + 2);
  }, 240_000);
});
