// The ports of the HTTP interface over the topics, for a process that decides nothing itself: on a real broker,
// beside a member that serves.
import { expect, it } from '@jest/globals';
import { callFor } from '../../infra/http/api/deadline.ts';
import type { Call } from '../../infra/http/api/ports.ts';
import { TopicPorts } from '../../infra/http/api/topic-ports.ts';
import { readTopics } from '../../infra/kafka/read-to-end.ts';
import type { AnyTopic } from '../../schemas/topic.ts';
import { clicks } from '../../schemas/topics/clicks.ts';
import { impressions } from '../../schemas/topics/impressions.ts';
import { items } from '../../schemas/topics/items.ts';
import { type Request, requests } from '../../schemas/topics/requests.ts';
import { rewards } from '../../schemas/topics/rewards.ts';
import { catalogueTable } from '../../streams/tables/catalogue.ts';
import { mainTopology } from '../../streams/topology.ts';
import { clickOf, itemOf } from '../support/events.ts';
import { describeOnInfra } from '../support/infra.ts';
import { testStreams } from '../support/streams.ts';

const main = mainTopology();
const serving = { ...main, stages: main.stages.filter(({ name }) => name === 'serve') };
const context = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
type Streams = Awaited<ReturnType<typeof testStreams>>;

const requestOf = (requestId: string, userId: string): Request => ({
  ...{ requestId, userId, at: Date.now(), k: 3, surface: '' },
  ...{ candidates: null, said: null, context: null },
});

/** Calls with so much time, ms. */
async function called<T>(ms: number, work: (call: Call) => Promise<T>): Promise<T> {
  using bounded = callFor(ms);
  const { deadline, signal } = bounded;
  return await work({ deadline, signal, traceParent: context });
}

/** The header `traceparent` of each record of a topic. */
async function contextsIn({ kafka, log, nameOf }: Streams, topic: AnyTopic): Promise<unknown[]> {
  const found: unknown[] = [];
  await using reader = await readTopics({
    ...{ kafka, log, topics: [nameOf(topic)] },
    onRecords: (_topic, _partition, records) =>
      void found.push(...records.map((one) => one.header('traceparent')?.toString())),
  });
  await reader.caughtUp;
  return found;
}

describeOnInfra('the ports over the topics', () => {
  it('write what is asked, and wait for the impression as any reader does', async () => {
    const streams = await testStreams(3);
    await using pipeline = streams.pipeline(serving);
    await pipeline.start();
    await using ports = new TopicPorts(streams);

    const stock = Array.from({ length: 6 }, (_, i) => itemOf(`i${i}`));
    await called(20_000, (call) =>
      ports.items(
        stock.map((item) => ({ itemId: item.itemId, item })),
        call,
      ),
    );
    await called(20_000, (call) => ports.items([{ itemId: 'i5', item: null }], call));
    const catalogue = pipeline.tables.of(catalogueTable);
    while (catalogue.size !== 5 || !catalogue.isDeleted('i5')) await pipeline.lags();
    expect((await streams.held(items)).size).toBe(5);

    const users = Array.from({ length: 9 }, (_, i) => `user-${i}`);
    const answers = await Promise.all(
      users.map((user) =>
        called(20_000, (call) => ports.recommend(requestOf(`r-${user}`, user), call)),
      ),
    );
    for (const [i, { impression, logged, repeated }] of answers.entries()) {
      expect({ logged, repeated }).toEqual({ logged: true, repeated: false });
      expect(impression).toMatchObject({ userId: users[i], requestId: `r-${users[i]}` });
      expect(impression.items).toHaveLength(3);
      expect(impression.items.map(({ itemId }) => itemId)).not.toContain('i5');
    }
    const byId = new Map(
      (await streams.committed(impressions)).map((one) => [one.impressionId, one]),
    );
    // The answer is the record: the same fields with the same values.
    for (const { impression } of answers) {
      expect(byId.get(impression.impressionId)).toEqual(impression);
    }
    const events = answers.map(({ impression: { impressionId, userId, items: shown, at } }) =>
      clickOf(`c-${userId}`, impressionId, userId, shown[0]!.itemId, at + 1),
    );
    expect(await called(20_000, (call) => ports.feedback(events, call))).toEqual(
      users.map(() => 'written'),
    );
    while ((await streams.committed(rewards)).length < users.length) await pipeline.lags();
    for (const topic of [requests, clicks])
      expect(await contextsIn(streams, topic)).toEqual(users.map(() => context));
  }, 120_000);

  it('give up at the deadline where nobody serves, and what was asked is in the log', async () => {
    const streams = await testStreams(1);
    await using ports = new TopicPorts(streams);
    const asking = called(2_000, (call) => ports.recommend(requestOf('late', 'u'), call));
    await expect(asking).rejects.toMatchObject({ code: 'deadline-passed' });
    expect((await streams.committed(requests)).map(({ requestId }) => requestId)).toEqual(['late']);
  }, 60_000);
});
