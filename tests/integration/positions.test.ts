// Where a task stands is kept with its state: a group that lost its offsets counts nothing again, and input
// that was deleted before it was read is not passed over in silence.
import { expect, it } from '@jest/globals';
import { noInstruments } from '../../infra/kafka/instruments.ts';
import { codeOf } from '../../schemas/errors.ts';
import { clicks } from '../../schemas/topics/clicks.ts';
import { deadLetters } from '../../schemas/topics/dead-letters.ts';
import { examples } from '../../schemas/topics/examples.ts';
import { impressions } from '../../schemas/topics/impressions.ts';
import { predictions } from '../../schemas/topics/predictions.ts';
import { rewards } from '../../schemas/topics/rewards.ts';
import { userStates } from '../../schemas/topics/user-state.ts';
import { mainTopology } from '../../streams/topology.ts';
import { enriching, rewardOf } from '../support/enrichers.ts';
import { clickOf, impressionOf } from '../support/events.ts';
import { describeOnInfra } from '../support/infra.ts';
import { type Event, testStreams } from '../support/streams.ts';
import { tallyClick, tallyTopology } from '../support/tally.ts';

type Streams = Awaited<ReturnType<typeof testStreams>>;

const hour = 3_600_000;

/** Slates of ten users, each with a click, and one much later that closes their windows. */
function visits(from: number, count: number): Event[] {
  const start = 1_700_000_000_000;
  const events: Event[] = [];
  for (let i = from; i < from + count; i++) {
    const [id, user, at] = [`m${i}`, `u${i % 10}`, start + i * 60_000];
    const event = impressionOf(id, user, at, [`i${i % 7}`, `j${i % 5}`]);
    events.push({ topic: impressions, event });
    const click = clickOf(`${id}-c`, id, user, `i${i % 7}`, at + 1_000);
    events.push({ topic: clicks, event: click });
  }
  const end = start + (from + count) * 60_000 + 2 * hour;
  events.push({ topic: impressions, event: impressionOf(`end-${from}`, 'end', end, []) });
  return events;
}

async function run(streams: Streams, events: readonly Event[], topology = mainTopology()) {
  await using pipeline = streams.pipeline(topology);
  await pipeline.start();
  await streams.send(events);
  await pipeline.settled();
}

/** As after a week in which nobody ran: the broker has forgotten the groups. */
async function forgetGroups({ kafka, application }: Streams): Promise<number> {
  const admin = kafka.admin();
  await admin.connect();
  const { groups } = await admin.listGroups();
  const own = groups.map(({ groupId }) => groupId).filter((id) => id.startsWith(application));
  await admin.deleteGroups(own);
  await admin.disconnect();
  return own.length;
}

/** Somebody sets the offsets of a group to the beginning. */
async function setBack({ kafka, application, nameOf }: Streams, name: string): Promise<void> {
  const admin = kafka.admin();
  await admin.connect();
  const [groupId, topic] = [`${application}-${name}`, nameOf(clicks)];
  await admin.setOffsets({ groupId, topic, partitions: [{ partition: 0, offset: '0' }] });
  await admin.disconnect();
}

async function counts(streams: Streams) {
  const states = await streams.committed(userStates);
  const latest = new Map(states.map((state) => [state.userId, state]));
  return {
    rewards: (await streams.committed(rewards)).length,
    examples: (await streams.committed(examples)).length,
    predictions: (await streams.committed(predictions)).length,
    deadLetters: (await streams.committed(deadLetters)).length,
    feedbacks: latest.get('u0')?.feedbacks,
  };
}

describeOnInfra('a group whose offsets are gone', () => {
  it('counts nothing again, and goes on from where its state stands', async () => {
    const streams = await testStreams();
    await run(streams, visits(0, 60));
    const before = await counts(streams);
    expect(before).toMatchObject({ rewards: 60, examples: 60, deadLetters: 0, feedbacks: 6 });
    expect(await forgetGroups(streams)).toBeGreaterThan(3);
    await run(streams, []);
    expect(await counts(streams)).toEqual(before);
    await forgetGroups(streams);
    await run(streams, visits(300, 60));
    const after = await counts(streams);
    expect(after).toMatchObject({ rewards: 120, examples: 120, deadLetters: 0, feedbacks: 12 });
    expect(after.predictions).toBe(2 * before.predictions);
  }, 120_000);

  it('of an enricher handles nothing again', async () => {
    const streams = await testStreams();
    const handled: string[] = [];
    const topology = enriching(async (click, { emit }) => {
      handled.push(click.clickId);
      await emit(rewards, [rewardOf(click)]);
    });
    const some = (from: number) =>
      Array.from({ length: 5 }, (_, i) => ({
        topic: clicks,
        event: clickOf(`c${from + i}`, 'm', 'u', 'a', 1_000 + from + i),
      }));
    await run(streams, some(0), topology);
    await forgetGroups(streams);
    await run(streams, some(5), topology);
    expect(handled).toEqual(Array.from({ length: 10 }, (_, i) => `c${i}`));
    await setBack(streams, 'fake');
    await run(streams, some(10), topology);
    expect(handled).toEqual(Array.from({ length: 15 }, (_, i) => `c${i}`));
  }, 90_000);
});

/** Deletes the clicks before an offset. */
async function deleteBefore({ kafka, nameOf }: Streams, offset: number): Promise<void> {
  const admin = kafka.admin();
  await admin.connect();
  const topic = nameOf(clicks);
  await admin.fetchTopicOffsets(topic); // the client looks its leader up by it (kafkajs 2.2.4)
  await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: `${offset}` }] });
  await admin.disconnect();
}

describeOnInfra('input of an enricher that was deleted before it was handled', () => {
  const some = (from: number, count: number) =>
    Array.from({ length: count }, (_, i) => ({ topic: clicks, event: tallyClick(from + i) }));

  /** Ten clicks are handled, then of so many more those before an offset are deleted while nobody reads. */
  async function withGap(more: number, offset: number) {
    const streams = await testStreams();
    const handled: string[] = [];
    const topology = enriching(({ clickId }) => void handled.push(clickId));
    await run(streams, some(0, 10), topology);
    await streams.send(some(10, more));
    await deleteBefore(streams, offset);
    return { streams, handled, topology };
  }

  it('halts it, with the range in the error', async () => {
    const { streams, handled, topology } = await withGap(40, 40);
    await using pipeline = streams.pipeline(topology);
    await pipeline.start();
    const error = await pipeline.failed.catch((cause: unknown) => cause);
    expect(codeOf(error)).toBe('stage-failed');
    expect(String(error)).toContain('The records 10 to 39 of');
    expect(handled).toHaveLength(10);
  }, 90_000);

  it('is a dead letter and a series where the policy is to skip, though nothing comes after it', async () => {
    const { streams, handled, topology } = await withGap(30, 40);
    const missed: [string, string, number][] = [];
    const instruments = {
      ...noInstruments,
      missed: (...of: [string, string, number]) => void missed.push(of),
    };
    const skipping = { policy: { gap: 'skip' }, instruments } as const;
    {
      await using pipeline = streams.pipeline(topology, skipping);
      await pipeline.start();
      await pipeline.settled();
      await streams.send(some(40, 5));
      await pipeline.settled();
    }
    // What it has gone past once is not missed again.
    await using pipeline = streams.pipeline(topology, skipping);
    await pipeline.start();
    await pipeline.settled();
    expect(missed).toEqual([['fake', 'clicks', 30]]);
    expect(handled.slice(10)).toEqual([40, 41, 42, 43, 44].map((i) => `c${i}`));
    const dead = await streams.committed(deadLetters);
    expect(dead).toHaveLength(1);
    expect(dead[0]).toMatchObject({ origin: 'clicks', partition: 0, offset: 10 });
    expect(dead[0]!.reason).toContain('The records 10 to 39 of');
  }, 90_000);

  it('is noticed while it runs, too', async () => {
    const streams = await testStreams();
    const handled: string[] = [];
    const go = Promise.withResolvers<void>();
    // The first click is at work until what comes after the fetch is deleted.
    const topology = enriching(async ({ clickId }) => {
      handled.push(clickId);
      await go.promise;
    });
    await using pipeline = streams.pipeline(topology, { policy: { gap: 'skip' } });
    await pipeline.start();
    await streams.send(some(0, 1));
    while (handled.length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    await streams.send(some(1, 20));
    await deleteBefore(streams, 15);
    go.resolve();
    await pipeline.settled();
    expect(handled).toEqual([0, 15, 16, 17, 18, 19, 20].map((i) => `c${i}`));
    const dead = await streams.committed(deadLetters);
    expect(dead.map(({ reason }) => /records \d+ to \d+/.exec(reason)?.[0])).toEqual([
      'records 1 to 14',
    ]);
  }, 90_000);
});

describeOnInfra('input that was deleted before it was read', () => {
  /** Ten clicks are counted, then of forty more the first thirty are deleted while nobody reads. */
  async function withGap() {
    const streams = await testStreams();
    const send = (from: number, count: number) =>
      Array.from({ length: count }, (_, i) => ({ topic: clicks, event: tallyClick(from + i) }));
    await run(streams, send(0, 10), tallyTopology);
    await streams.send(send(10, 40));
    await deleteBefore(streams, 40);
    return streams;
  }

  it('halts the stage, with the range in the error', async () => {
    const streams = await withGap();
    await using pipeline = streams.pipeline(tallyTopology);
    await pipeline.start();
    const error = await pipeline.failed.catch((cause: unknown) => cause);
    expect(codeOf(error)).toBe('stage-failed');
    expect(String(error)).toContain('The records 10 to 39 of');
    expect(await streams.committed(rewards)).toHaveLength(10);
  }, 90_000);

  it('is a dead letter and a series where the policy is to skip, and the rest is counted', async () => {
    const streams = await withGap();
    const missed: [string, string, number][] = [];
    const instruments = {
      ...noInstruments,
      missed: (...of: [string, string, number]) => void missed.push(of),
    };
    await using pipeline = streams.pipeline(tallyTopology, {
      policy: { gap: 'skip' },
      instruments,
    });
    await pipeline.start();
    await pipeline.settled();
    expect(missed).toEqual([['tally', 'clicks', 30]]);
    const values = (await streams.committed(rewards)).map(({ clickId }) => clickId);
    expect(values.filter((id) => id.startsWith('c'))).toEqual(
      [...Array(10).keys(), ...Array.from({ length: 10 }, (_, i) => 40 + i)].map((i) => `c${i}`),
    );
    const dead = await streams.committed(deadLetters);
    expect(dead).toHaveLength(1);
    expect(dead[0]).toMatchObject({ origin: 'clicks', partition: 0, offset: 10 });
    expect(dead[0]).toMatchObject({ code: 'input-gap', key: null });
    expect(dead[0]!.reason).toContain('The records 10 to 39 of');
  }, 90_000);
});
