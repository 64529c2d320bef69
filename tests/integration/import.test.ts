// An import on the real broker: cut off in the middle it goes on where it stopped, and repeated it adds nothing.
import { randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { type Config, readSettings } from '../../app/config/read.ts';
import { type Logs, openLogs } from '../../app/log.ts';
import { connectStreams, type Streams } from '../../app/streams.ts';
import { importHistory } from '../../app/your-data/import.ts';
import { readTopics } from '../../infra/kafka/read-to-end.ts';
import type { AnyTopic } from '../../schemas/topic.ts';
import { clicks } from '../../schemas/topics/clicks.ts';
import { deadLetters } from '../../schemas/topics/dead-letters.ts';
import { impressions } from '../../schemas/topics/impressions.ts';
import { items } from '../../schemas/topics/items.ts';
import { describeOnInfra, startInfra } from '../support/infra.ts';

const home = mkdtempSync(join(tmpdir(), 'millrace-import-'));
afterAll(() => rmSync(home, { recursive: true, force: true }));

const start = 1_764_000_000;
/** 6,000 views, each tenth bought a minute later, each hundredth without a user. */
const csv = (from: number, count: number) =>
  [
    'e,u,i,t',
    ...Array.from({ length: count }, (_, k) => {
      const [u, i, t] = [`u${k % 97}`, `i${k % 31}`, start + from + k * 10];
      const view = `view,${k % 100 === 0 ? '' : u},${i},${t}`;
      return k % 10 === 1 ? `${view}\nbuy,${u},${i},${t + 5}` : view;
    }),
  ].join('\n');

const sources = `sources:
  - name: shop
    from: log
    format: csv
    rows:
      - { is: impression, where: { e: view }, user: u, item: i, time: { field: t, unit: s } }
      - { is: buy, where: { e: buy }, user: u, item: i, time: { field: t, unit: s } }
      - { is: item, item: i }
`;

let env: Record<string, string>;
let config: Config;
let logs: Logs;
let streams: Streams;

/** A configuration with topics of its own. */
function configured(): Config {
  writeFileSync(join(home, 'millrace.yaml'), sources);
  const prefix = { TOPIC_PREFIX: `import-${randomUUID().slice(0, 8)}.` };
  return readSettings({ ...env, ...prefix }, { flags: { config: join(home, 'millrace.yaml') } })
    .config;
}

async function recordsOf(topic: AnyTopic): Promise<unknown[]> {
  const { kafka, codecs, nameOf } = streams;
  const found: unknown[] = [];
  await using reader = await readTopics({
    kafka,
    log: logs.log,
    topics: [nameOf(topic)],
    onRecords: async (_topic, _partition, records) => {
      for (const { value } of records) if (value) found.push(await codecs.decode(topic, value));
    },
  });
  await reader.caughtUp;
  return found;
}

const brokers = () => ({ kafka: config.kafka!, registry: { url: config.registry!.url } });

describeOnInfra('millrace import', () => {
  beforeAll(async () => {
    const infra = await startInfra();
    env = {
      KAFKA_BROKERS: infra.brokers,
      SCHEMA_REGISTRY_URL: infra.registryUrl,
      MILLRACE_DATA_DIR: join(home, 'data'),
    };
    mkdirSync(join(home, 'log'));
    writeFileSync(join(home, 'log', 'one.csv'), csv(0, 6_000));
    config = configured();
    logs = openLogs(config.dataDir);
    streams = await connectStreams(config, brokers(), logs);
  }, 180_000);

  it('goes on where it was cut off: each event is there once', async () => {
    let commits = 0;
    const cut: Logs = {
      ...logs,
      say: () => {
        if (++commits === 1) throw new Error('cut off');
      },
    };
    await expect(importHistory(config, cut, {})).rejects.toThrow('cut off');
    const { length: before } = await recordsOf(impressions);
    expect(before).toBeGreaterThan(1_000);
    expect(before).toBeLessThan(5_940);
    const { tally, refusedFile } = await importHistory(config, logs, {});
    expect(tally!.all).toEqual({ read: 6_600, mapped: 6_540, ignored: 0, refused: 60 });
    expect(refusedFile).toContain('refused');
    const shown = (await recordsOf(impressions)) as { impressionId: string; items: unknown[] }[];
    // One more in each partition, empty, closes the windows that are over.
    const slates = shown.filter((one) => one.items.length > 0);
    expect(slates).toHaveLength(5_940);
    expect(new Set(slates.map(({ impressionId }) => impressionId)).size).toBe(5_940);
    const bought = (await recordsOf(clicks)) as { impressionId: string }[];
    const known = new Set(slates.map(({ impressionId }) => impressionId));
    expect(bought).toHaveLength(600);
    expect(bought.every(({ impressionId }) => known.has(impressionId))).toBe(true);
    expect(await recordsOf(items)).toHaveLength(31);
    expect(await recordsOf(deadLetters)).toHaveLength(60);
  }, 120_000);

  it('adds nothing when it is repeated, and only the new file when there is one', async () => {
    const { tally, before } = await importHistory(config, logs, {});
    expect([tally, before]).toEqual([undefined, 1]);
    writeFileSync(join(home, 'log', 'two.csv'), csv(100_000, 50));
    const second = await importHistory(config, logs, {});
    expect([second.tally!.all.read, second.before]).toEqual([55, 1]);
    expect(await recordsOf(clicks)).toHaveLength(605);
  }, 120_000);

  it('refuses a file that has changed, and a history that is older than what is there', async () => {
    writeFileSync(join(home, 'log', 'two.csv'), csv(100_000, 51));
    await expect(importHistory(config, logs, {})).rejects.toMatchObject({ code: 'import-changed' });
    writeFileSync(join(home, 'log', 'two.csv'), csv(100_000, 50));
    writeFileSync(join(home, 'log', 'three.csv'), csv(500, 5));
    await expect(importHistory(config, logs, {})).rejects.toMatchObject({ code: 'import-late' });
    expect(await recordsOf(clicks)).toHaveLength(605);
  }, 120_000);
});
