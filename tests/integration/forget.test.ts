// A user with a name that nobody else has goes through the loop on real parts and is forgotten; then every
// topic, every table and every file is searched for the name.
import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from '@jest/globals';
import type { Admin } from 'kafkajs';
import { readConfig } from '../../app/config/read.ts';
import { demoLayer } from '../../app/demo/recommender.ts';
import { forgetUser } from '../../app/forget/forget.ts';
import { userTopics } from '../../app/forget/remaining.ts';
import { rebuilderOf } from '../../app/rebuild/rebuild.ts';
import { topologyOf } from '../../app/topology.ts';
import { caughtUp } from '../../infra/clickhouse/ingest/catch-up.ts';
import { startIngest } from '../../infra/clickhouse/ingest/start.ts';
import { topicTables } from '../../infra/clickhouse/tables.ts';
import { execute, rowsOf } from '../../infra/clickhouse/warehouse.ts';
import { requestOf } from '../../schemas/request-border.ts';
import { clicks } from '../../schemas/topics/clicks.ts';
import { deadLetters } from '../../schemas/topics/dead-letters.ts';
import { explanations } from '../../schemas/topics/explanations.ts';
import { fingerprintOf, forgotten } from '../../schemas/topics/forgotten.ts';
import { impressions } from '../../schemas/topics/impressions.ts';
import { intents } from '../../schemas/topics/intents.ts';
import { items } from '../../schemas/topics/items.ts';
import { judgements } from '../../schemas/topics/judgements.ts';
import { requests } from '../../schemas/topics/requests.ts';
import { snapshots } from '../../schemas/topics/snapshots.ts';
import { truths } from '../../schemas/topics/truths.ts';
import { openTestWarehouse } from '../clickhouse/open.ts';
import { clickOf, impressionOf, itemOf } from '../support/events.ts';
import { describeOnInfra } from '../support/infra.ts';
import { filesWith, tablesWith, topicsWith } from '../support/searches.ts';
import { type Event, testStreams } from '../support/streams.ts';

type Streams = Awaited<ReturnType<typeof testStreams>>;

const him = 'quetzalcoatl-of-tula';
const partitions = 2;
const config = readConfig({}, { folder: null, over: demoLayer(600_000) });
const topology = topologyOf(
  {
    ...config,
    attribution: { ...config.attribution, windowMs: 600_000, servedWindowMs: 600_000 },
    learning: { snapshotEvery: 20, snapshotEveryServed: 10 },
  },
  { salt: 'forget' },
);

const hashOf = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 32);

/** Slates, answers and requests of some users from a time on, ms; every fourth is his. */
function day(from: number, count: number, his: boolean): Event[] {
  return Array.from({ length: count }, (_, i): Event[] => {
    const at = from + i * 60_000;
    const userId = his && i % 4 === 0 ? him : `user-${i % 5}`;
    const shown = [`x${i % 7}`, `x${7 + (i % 7)}`];
    const request = { requestId: `r${at}`, userId, at: at + 2_000, k: 3, surface: 'test' };
    return [
      { topic: impressions, event: impressionOf(`i${at}`, userId, at, shown) },
      { topic: clicks, event: clickOf(`c${at}`, `i${at}`, userId, shown[0]!, at + 1_000) },
      { topic: requests, event: requestOf({ ...request, said: [`I am ${userId}`] }) },
    ];
  }).flat();
}

/** What enrichers, a world, people and other writers would leave of a user. */
function beside(userId: string, at: number): Event[] {
  const [intent, reason] = [hashOf(`intent ${userId}`), hashOf(`reason ${userId}`)];
  const made = { userId, at, model: 'm', removed: 0, latencyMs: 0, tokens: 0, adapter: 0 };
  const letter = {
    ...{ at, origin: 'clicks', partition: 0, offset: 1, line: null, code: 'record-undecodable' },
    ...{ reason: 'it is cut short', key: null, skippedBy: null },
  };
  const text = Buffer.from(`{"user":"${userId}"}`);
  const avro = Buffer.from([0, 0, 0, 0, 1, 2 * userId.length, ...Buffer.from(userId), 65, 66]);
  return [
    {
      topic: intents,
      event: {
        ...{ ...made, hash: intent, wanted: ['a'], avoid: [], confidence: 1, vector: [1] },
        ...{ mood: '', constraints: [], uncertainty: 0 },
      },
    },
    {
      topic: explanations,
      event: {
        ...{ ...made, hash: reason, impressionId: `i${at}`, itemId: 'x1', text: 'for you' },
        ...{ citedItems: [], citedGroups: [], citedAttributes: [], score: null },
        ...{ drafter: '', judge: '', verdict: 'none' },
      },
    },
    {
      topic: judgements,
      event: {
        ...{ judgementId: `j-${reason}`, hash: reason, at, judge: 'person', by: 'me' },
        ...{ aspect: 'helpful', score: 5 },
      },
    },
    {
      topic: truths,
      event: { impressionId: `i${at}`, userId, at, variant: 'v', expected: 1, best: 1 },
    },
    ...[text, avro].map((data) => ({ topic: deadLetters, event: { ...letter, data } })),
  ];
}

async function until(holds: () => Promise<boolean> | boolean, ms: number): Promise<void> {
  for (const end = performance.now() + ms; !(await holds()); await sleep(500)) {
    if (performance.now() > end) return;
  }
}

/** Lets the broker compact and forget deletions within seconds: what an operator sets in days. */
async function compactSoon(admin: Admin, { nameOf }: Streams): Promise<void> {
  const configEntries = Object.entries({
    'cleanup.policy': 'compact',
    'segment.ms': '1000',
    'max.compaction.lag.ms': '1000',
    'delete.retention.ms': '1000',
    'min.cleanable.dirty.ratio': '0.01',
  }).map(([name, value]) => ({ name, value }));
  const compacted = [...userTopics, snapshots].filter((topic) => topic.compacted);
  await admin.alterConfigs({
    validateOnly: false,
    resources: compacted.map((topic) => ({ type: 2, name: nameOf(topic), configEntries })),
  });
}

describeOnInfra('a user who is forgotten', () => {
  it('is in no topic, no table and no file; a rebuild is equal, and nobody else is missed', async () => {
    const streams = await testStreams(partitions);
    await using opened = await openTestWarehouse();
    const { warehouse, path } = opened;
    await using _ingest = await startIngest({ ...streams, warehouse });
    await using pipeline = streams.pipeline(topology);
    await pipeline.start();
    await streams.send(
      Array.from({ length: 14 }, (_, i) => ({ topic: items, event: itemOf(`x${i}`, ['g']) })),
    );
    const begin = 1_000_000_000_000;
    await streams.send([
      ...day(begin, 80, true),
      ...beside(him, begin),
      ...beside('somebody', begin),
    ]);
    await pipeline.settled();
    expect(await caughtUp({ ...streams, warehouse })).toBe(true);
    const before = ['clicks', 'dead-letters', 'examples', 'explanations', 'impressions', 'intents'];
    expect(await topicsWith(him, streams)).toEqual(
      expect.arrayContaining([
        ...before,
        'open-impressions',
        'predictions',
        'requests',
        'rewards',
        'snapshots',
        'truths',
        'user-state',
      ]),
    );
    expect(await tablesWith(him, warehouse)).toEqual(
      expect.arrayContaining([
        'clicks',
        'dead_letters',
        'examples',
        'explanations',
        'impressions',
        'intents',
        'predictions',
        'requests',
        'rewards',
        'truths',
      ]),
    );
    const others = `select toString(count()) as n from (
      select userId from impressions final union all select userId from clicks final
      union all select userId from examples final) where userId != '${him}'`;
    const othersBefore = await rowsOf<{ n: string }>(warehouse, others);

    const forget = (deletesLog: boolean) =>
      forgetUser(him, {
        streams: { ...streams, partitions, now: Date.now },
        topology,
        erased: async (fingerprint) => {
          const query = `select toString(toUnixTimestamp64Milli(max(at))) as at from ingest_erasures where fingerprint = '${fingerprint}'`;
          return Number((await rowsOf<{ at: string }>(warehouse, query))[0]?.at ?? 0);
        },
        ...{ deletesLog, waitMs: 90_000 },
      });
    const forgot = await forget(false);
    expect(forgot).toMatchObject({
      fingerprint: fingerprintOf(him),
      made: { intents: 1, explanations: 1 },
      clickhouse: 'erased',
    });
    // What the broker keeps is told: event topics for ever, by the configuration of this test.
    const kept = forgot.remaining.filter(({ mostMs }) => mostMs < 0).map(({ topic }) => topic);
    expect(kept).toContain(streams.nameOf(requests));

    // A late record of his, by another system.
    await streams.send([
      { topic: impressions, event: impressionOf('late', him, begin + 1, ['x1']) },
      { topic: clicks, event: clickOf('late', 'late', him, 'x1', begin + 2) },
    ]);
    await pipeline.settled();
    expect(await caughtUp({ ...streams, warehouse })).toBe(true);
    expect(await tablesWith(him, warehouse)).toEqual([]);
    expect(await rowsOf<{ n: string }>(warehouse, others)).toEqual(othersBefore);
    const [judged] = await rowsOf<{ n: string }>(
      warehouse,
      'select toString(count()) as n from judgements',
    );
    expect(judged!.n).toBe('1');
    for (const name of ['user-state', 'open-impressions', 'millrace']) {
      expect(await rebuilderOf(name, topology)(streams)).toMatchObject({ name, equal: true });
    }

    // Parts that were replaced stay eight minutes unless a table says otherwise.
    for (const { table } of topicTables) {
      await execute(warehouse, `alter table ${table} modify setting old_parts_lifetime = 1`);
    }
    await until(() => filesWith(him, path).length === 0, 60_000);
    expect(filesWith(him, path)).toEqual([]);

    await forget(true);
    const admin = streams.kafka.admin();
    await admin.connect();
    try {
      await compactSoon(admin, streams);
      let later = begin + 100 * 60_000;
      await until(async () => {
        // A segment is closed by what comes next: others go on.
        await streams.send([
          ...day(later, 4, false),
          ...beside('somebody', later),
          ...beside(`visitor-${later}`, later),
        ]);
        // The next user who is forgotten, in each partition.
        const next = { fingerprint: fingerprintOf(`visitor-${later}`), userId: '', at: later };
        await streams.send(
          [0, 1].map((partition) => ({ topic: forgotten, event: next, partition })),
        );
        later += 4 * 60_000;
        await sleep(3_000);
        return (await topicsWith(him, streams)).length === 0;
      }, 200_000);
    } finally {
      await admin.disconnect();
    }
    expect(await topicsWith(him, streams)).toEqual([]);
  }, 400_000);
});
