// Tables and policies made anew from the log, on the real broker, beside those that are live.
import { expect, it } from '@jest/globals';
import { readConfig } from '../../app/config/read.ts';
import { demoLayer } from '../../app/demo/recommender.ts';
import { rebuilderOf } from '../../app/rebuild/rebuild.ts';
import { topologyOf } from '../../app/topology.ts';
import { Random } from '../../models/random.ts';
import { requestOf } from '../../schemas/request-border.ts';
import { clicks } from '../../schemas/topics/clicks.ts';
import { forgotten } from '../../schemas/topics/forgotten.ts';
import { impressions } from '../../schemas/topics/impressions.ts';
import { itemVectors } from '../../schemas/topics/item-vectors.ts';
import { items } from '../../schemas/topics/items.ts';
import { requests } from '../../schemas/topics/requests.ts';
import { type Snapshot, snapshots } from '../../schemas/topics/snapshots.ts';
import { userStates } from '../../schemas/topics/user-state.ts';
import { SnapshotTable } from '../../streams/engine/snapshot-table.ts';
import { writeSnapshot } from '../../streams/engine/snapshots.ts';
import { clickOf, impressionOf, itemOf } from '../support/events.ts';
import { describeOnInfra } from '../support/infra.ts';
import { type Event, testStreams } from '../support/streams.ts';

type Streams = Awaited<ReturnType<typeof testStreams>>;

const rebuild = async (streams: Streams, name: string) => rebuilderOf(name, topology())(streams);

const partitions = 2;

const config = readConfig({}, { folder: null, over: demoLayer(600_000) });
/** A policy that learns from what was not shown, beside those of the demo. */
const grpo = {
  ...{ name: 'grpo', policy: 'grpo', share: 1 },
  exploration: { temperature: 1, floor: 0.05 },
};

/** Other windows than the defaults: a rebuild must find them in the log. */
const topology = () =>
  topologyOf(
    {
      ...config,
      variants: [...config.variants, grpo],
      attribution: { ...config.attribution, windowMs: 600_000, servedWindowMs: 900_000 },
      learning: { snapshotEvery: 40, snapshotEveryServed: 10 },
    },
    { salt: 'rebuild' },
  );

const promotions = ['promote-millrace-over-uniform', 'promote-inverted-over-popularity'];

const catalogue: Event[] = Array.from({ length: 60 }, (_, i) => ({
  topic: items,
  event: itemOf(`x${i}`, [`genre-${i % 7}`, 'all']),
}));

/** Requests, slates of another system and clicks on these, in order of time; every n-th is a request. */
function history(count: number, every = 4): Event[] {
  const random = new Random(3);
  const events: Event[] = [];
  for (let i = 0; i < count; i++) {
    const userId = `user-${random.below(25)}`;
    const at = 1_000_000 + i * 60_000;
    if (i % every === 0) {
      const request = requestOf({ requestId: `r${i}`, userId, at, k: 3, surface: 'test' });
      events.push({ topic: requests, event: request });
      continue;
    }
    const shown = [`x${random.below(30)}`, `x${30 + random.below(30)}`];
    events.push({ topic: impressions, event: impressionOf(`i${i}`, userId, at, shown) });
    if (random.next() < 0.4) continue;
    const click = clickOf(`c${i}`, `i${i}`, userId, shown[0]!, at + 30_000, { value: 2 });
    events.push({ topic: clicks, event: click });
    // Now and then it comes once more, within the window or after it.
    const again = { ...click, at: click.at + (i % 2) * 700_000 };
    if (i % 5 === 0) events.push({ topic: clicks, event: again });
  }
  return events.sort((a, b) => a.topic.timeOf(a.event) - b.topic.timeOf(b.event));
}

/** Topics after two lives of a pipeline, the second one restored. */
async function afterARun(count: number, every?: number): Promise<Streams> {
  const streams = await testStreams(partitions);
  await streams.send(catalogue);
  const events = history(count, every);
  const half = events.length >> 1;
  for (const part of [events.slice(0, half), events.slice(half)]) {
    await using pipeline = streams.pipeline(topology());
    await pipeline.start();
    await streams.send(part);
    await pipeline.settled();
  }
  return streams;
}

/** The latest snapshot of a policy with one bit of its parameters turned, and its hash made right. */
async function forgedSnapshot(streams: Streams, policy: string): Promise<Event[]> {
  const table = new SnapshotTable();
  for (const chunk of await streams.committed(snapshots)) table.apply(chunk);
  const { version, offsets, bytes } = table.latest(policy)!;
  const forged = Uint8Array.from(bytes, (byte, i) => (i === bytes.length - 1 ? byte ^ 1 : byte));
  const [{ topic, partition, offset } = { topic: '', partition: 0, offset: 0 }] = offsets;
  const events: Event[] = [];
  const context = {
    emit: (_: unknown, event: Snapshot) => events.push({ topic: snapshots, event }),
  };
  writeSnapshot(
    context as never,
    { topic, partition, offset: offset - 1 },
    1,
    { name: policy, version },
    forged,
  );
  return events;
}

describeOnInfra('a rebuild', () => {
  it('equals what is live, and no longer once that was tampered with', async () => {
    // A promotion writes a snapshot each 500 slates that are served.
    const streams = await afterARun(1_100, 2);
    const tables = ['user-state', 'open-impressions', 'items'];
    for (const name of [...tables, 'millrace', 'grpo', 'simulator', ...promotions]) {
      const result = await rebuild(streams, name);
      expect(result).toMatchObject({ name, equal: true });
      expect(result.rebuilt).toEqual(result.live);
      expect(result.live.size).toBeGreaterThan(10);
      // Nobody was forgotten.
      const read = result.offsets.filter(({ topic }) => topic !== forgotten.name);
      expect(read.every(({ offset }) => offset > 20)).toBe(true);
    }

    const state = (await streams.committed(userStates)).at(-1)!;
    const forged = { ...state, positives: state.positives + 1 };
    await streams.send([{ topic: userStates, event: forged }]);
    expect(await rebuild(streams, 'user-state')).toMatchObject({
      equal: false,
      difference: { missing: 0, extra: 0, changed: 1, keys: [state.userId] },
    });

    await streams.send(await forgedSnapshot(streams, 'simulator'));
    const policy = await rebuild(streams, 'simulator');
    expect(policy).toMatchObject({ name: 'simulator', equal: false });
    expect(policy.rebuilt.size).toBe(policy.live.size);
    expect(await rebuild(streams, 'millrace')).toMatchObject({ equal: true });
  }, 180_000);

  it('shows a damaged record of the changelog as a difference', async () => {
    const streams = await afterARun(60);
    const { userId } = (await streams.committed(userStates)).at(-1)!;
    const producer = streams.kafka.producer();
    await producer.connect();
    await producer.send({
      topic: streams.nameOf(userStates),
      messages: [{ key: userId, value: Buffer.from('not avro') }],
    });
    await producer.disconnect();
    const { equal, difference } = await rebuild(streams, 'user-state');
    expect(equal).toBe(false);
    expect(difference).toMatchObject({ changed: 1, keys: [userId] });
  }, 120_000);

  it('says why, where a table cannot be made anew exactly', async () => {
    const streams = await afterARun(60);
    await expect(rebuild(streams, itemVectors.name)).rejects.toMatchObject({
      code: 'rebuild-inexact',
    });
    // Tastes are counted by the groups an item had at the click: these are not in the log any more.
    const moved = catalogue.map(({ topic, event }) => ({
      topic,
      event: { ...(event as object), groups: ['elsewhere'] },
    }));
    await streams.send(moved);
    await expect(rebuild(streams, 'user-state')).rejects.toMatchObject({
      code: 'rebuild-inexact',
      message: expect.stringContaining('60 items (such as x0) changed their groups'),
    });
  }, 120_000);

  it('wants a name that is known, a snapshot, and a log that is whole', async () => {
    const streams = await testStreams();
    await expect(rebuild(streams, 'nothing')).rejects.toMatchObject({
      code: 'rebuild-unknown',
      message: expect.stringMatching(
        /user-state, open-impressions, items, .*llm, .*millrace, simulator, promote-/,
      ),
    });
    await expect(rebuild(streams, 'millrace')).rejects.toMatchObject({ code: 'no-data' });
    await using pipeline = streams.pipeline(topology());
    await pipeline.start();
    await streams.send(history(60));
    await pipeline.settled();
    const admin = streams.kafka.admin();
    await admin.connect();
    const topic = streams.nameOf(impressions);
    await admin.fetchTopicOffsets(topic); // the client wants to know of a topic first
    await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: '10' }] });
    await admin.disconnect();
    await expect(rebuild(streams, 'user-state')).rejects.toMatchObject({
      code: 'rebuild-incomplete',
      message: expect.stringContaining('It begins at 10'),
    });
  }, 120_000);
});
