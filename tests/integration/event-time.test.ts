// Event time is the field `at`: what records are stamped with, by their producer or by the broker, changes
// nothing; and what is written here carries the time of the write.
import { expect, it } from '@jest/globals';
import { ConfigResourceTypes } from 'kafkajs';
import { rebuilderOf } from '../../app/rebuild/rebuild.ts';
import { readTopics } from '../../infra/kafka/read-to-end.ts';
import { requestOf } from '../../schemas/request-border.ts';
import type { AnyTopic } from '../../schemas/topic.ts';
import { clicks } from '../../schemas/topics/clicks.ts';
import { deadLetters } from '../../schemas/topics/dead-letters.ts';
import { examples } from '../../schemas/topics/examples.ts';
import { impressions } from '../../schemas/topics/impressions.ts';
import { items } from '../../schemas/topics/items.ts';
import { openImpressions } from '../../schemas/topics/open-impressions.ts';
import { positions } from '../../schemas/topics/positions.ts';
import { requests } from '../../schemas/topics/requests.ts';
import { rewards } from '../../schemas/topics/rewards.ts';
import { userStates } from '../../schemas/topics/user-state.ts';
import { MemoryRuntime } from '../../streams/engine/memory-runtime.ts';
import { serveDefaults } from '../../streams/serve/stage.ts';
import { mainTopology } from '../../streams/topology.ts';
import { clickOf, itemOf } from '../support/events.ts';
import { byId, history } from '../support/history.ts';
import { describeOnInfra } from '../support/infra.ts';
import { testStreams } from '../support/streams.ts';

type Streams = Awaited<ReturnType<typeof testStreams>>;

/** Lets the broker stamp the records of some topics with the moment at which it got them. */
async function stampByBroker({ kafka, nameOf }: Streams, topics: readonly AnyTopic[]) {
  const admin = kafka.admin();
  await admin.connect();
  await admin.alterConfigs({
    validateOnly: false,
    resources: topics.map((topic) => ({
      type: ConfigResourceTypes.TOPIC,
      name: nameOf(topic),
      configEntries: [{ name: 'message.timestamp.type', value: 'LogAppendTime' }],
    })),
  });
  await admin.disconnect();
}

/** The timestamps of the records of topics, ms. */
async function stampsOf({ kafka, log, nameOf }: Streams, topics: readonly AnyTopic[]) {
  const stamps: number[] = [];
  await using reader = await readTopics({
    kafka,
    log,
    topics: topics.map(nameOf),
    onRecords: (_topic, _partition, records) => {
      stamps.push(...records.map(({ timestamp }) => timestamp));
    },
  });
  await reader.caughtUp;
  return stamps;
}

describeOnInfra('a backfill of years ago', () => {
  const events = history(300, 1);
  const memory = new MemoryRuntime(mainTopology());
  for (const { topic, event } of events) memory.send(topic, event);
  memory.drain();

  /** Everything is there before it is read: first all slates, then all clicks. */
  const backfilled = async (streams: Streams, stamp: (i: number, at: number) => number) => {
    for (const topic of [impressions, clicks]) {
      const own = events.filter((one) => one.topic === topic);
      const codec = streams.codecs.of(topic);
      const messages = own.map(({ event }, i) => ({
        key: (topic as AnyTopic).keyOf(event),
        value: codec.encode(event),
        timestamp: String(stamp(i, (topic as AnyTopic).timeOf(event))),
      }));
      await streams.write(topic, messages);
    }
    await using pipeline = streams.pipeline(mainTopology());
    await pipeline.start();
    await pipeline.settled();
    const made = await streams.committed(examples);
    expect(made).toHaveLength(300);
    expect(byId(made)).toEqual(byId(memory.events(examples)));
    const earned = await streams.committed(rewards);
    expect(earned.length).toBeGreaterThan(100);
    expect(byId(earned)).toEqual(byId(memory.events(rewards)));
    expect(await streams.committed(deadLetters)).toEqual([]);
  };

  it('gives the same in topics that the broker stamps by its clock', async () => {
    const streams = await testStreams();
    await stampByBroker(streams, [impressions, clicks]);
    await backfilled(streams, (_, at) => at);
  }, 120_000);

  it('gives the same with stamps that run backwards, and is written with those of the clock', async () => {
    const streams = await testStreams();
    const before = Date.now();
    await backfilled(streams, (i) => 5_000_000 - i);
    const outputs = [examples, rewards, openImpressions, userStates, positions];
    const stamps = await stampsOf(streams, outputs);
    expect(stamps.length).toBeGreaterThan(400);
    expect(Math.min(...stamps)).toBeGreaterThanOrEqual(before);
    expect(Math.max(...stamps)).toBeLessThanOrEqual(Date.now());
  }, 120_000);
});

describeOnInfra('a request two hours ahead of the clock', () => {
  const hourMs = 3_600_000;
  const requestAt = (requestId: string, at: number) => ({
    topic: requests,
    event: requestOf({ requestId, userId: requestId, at, k: 2, surface: 'test' }),
  });

  it('is a dead letter; everybody else is served, after a restart too, and a rebuild agrees', async () => {
    const streams = await testStreams();
    const now = Date.now();
    await streams.send(['a', 'b', 'c'].map((id) => ({ topic: items, event: itemOf(id) })));
    const lives = [
      [requestAt('first', now), requestAt('ahead', now + 2 * hourMs), requestAt('second', now + 1)],
      // The clock of this one is a little ahead, which is let in.
      [requestAt('third', now + 2), requestAt('fourth', now + 5 * 60_000)],
    ];
    for (const life of lives) {
      await using pipeline = streams.pipeline(mainTopology());
      await pipeline.start();
      await streams.send(life);
      await pipeline.settled();
    }
    const served = await streams.committed(impressions);
    expect(served.map(({ requestId }) => requestId)).toEqual([
      ...['first', 'second', 'third', 'fourth'],
    ]);
    expect(await streams.committed(deadLetters)).toMatchObject([
      {
        ...{ code: 'event-ahead', origin: 'requests', offset: 1, key: 'ahead' },
        skippedBy: 'serve',
        reason: expect.stringContaining(new Date(now + 2 * hourMs).toISOString()),
      },
    ]);
    // Its time has come by the clock of the rebuild, which has none: it stays left out.
    for (const name of ['open-impressions', 'user-state']) {
      expect(await rebuilderOf(name)(streams)).toMatchObject({ name, equal: true });
    }
  }, 120_000);

  it('is served where any time is let in', async () => {
    const streams = await testStreams();
    const at = Date.now() + 24 * hourMs;
    await streams.send([{ topic: items, event: itemOf('a') }, requestAt('ahead', at)]);
    await using pipeline = streams.pipeline(mainTopology(), { policy: { maxAheadMs: -1 } });
    await pipeline.start();
    await pipeline.settled();
    expect(await streams.committed(impressions)).toMatchObject([{ requestId: 'ahead', at }]);
  }, 60_000);
});

describeOnInfra('a live request after a log of years ago', () => {
  it('is served with a window of a day, as in the demo, and its feedback is taken', async () => {
    const streams = await testStreams();
    const day = 24 * 3_600_000;
    const topology = mainTopology({ serve: { ...serveDefaults, servedWindowMs: day } });
    await streams.send([{ topic: items, event: itemOf('a') }, ...history(40, 1)]);
    const now = Date.now();
    const request = { requestId: 'live', userId: 'live', at: now, k: 1, surface: 'test' };
    await using pipeline = streams.pipeline(topology, { policy: { maxAheadMs: -1 } });
    await pipeline.start();
    await pipeline.settled();
    await streams.send([{ topic: requests, event: requestOf(request) }]);
    await pipeline.settled();
    const served = (await streams.committed(impressions)).find(
      ({ requestId }) => requestId === 'live',
    )!;
    const open = await streams.held(openImpressions);
    expect(open.get(served.impressionId)).toMatchObject({ expiresAt: now + day });
    const [shown] = served.items;
    const click = clickOf('c-live', served.impressionId, 'live', shown!.itemId, now + 1_000);
    await streams.send([{ topic: clicks, event: click }]);
    await pipeline.settled();
    expect((await streams.committed(rewards)).map(({ clickId }) => clickId)).toContain('c-live');
    expect(await streams.committed(deadLetters)).toEqual([]);
  }, 60_000);
});
