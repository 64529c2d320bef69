// The HTTP interface over members of one group: each answers for every user, by itself or by the member that
// has the partition, and by a fallback where none has it.
import { expect, it } from '@jest/globals';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import { readConfig } from '../../app/config/read.ts';
import { openApi } from '../../app/http/open.ts';
import { askedMember } from '../../app/http/serving.ts';
import { impressions } from '../../schemas/topics/impressions.ts';
import { items } from '../../schemas/topics/items.ts';
import { rewards } from '../../schemas/topics/rewards.ts';
import { mainTopology } from '../../streams/topology.ts';
import { itemOf } from '../support/events.ts';
import { describeOnInfra } from '../support/infra.ts';
import { testStreams } from '../support/streams.ts';

const main = mainTopology();
const topology = { ...main, stages: main.stages.filter(({ name }) => name === 'serve') };
const users = Array.from({ length: 12 }, (_, i) => `user-${i}`);

type Streams = Awaited<ReturnType<typeof testStreams>>;

/** What is looked at of any answer. */
interface Body {
  readonly impressionId: string;
  readonly userId: string;
  readonly logged: boolean;
  readonly slateLogProb: number;
  readonly items: readonly { readonly itemId: string; readonly propensity: number }[];
  readonly rows: readonly { readonly status: string }[];
}

/** A process of its own, as far as the others can tell. */
async function openProcess(streams: Streams, dataDir: string) {
  const config = readConfig({}, { folder: null, over: { name: 'test', values: { dataDir } } });
  const said: string[] = [];
  const pipeline = streams.pipeline(topology);
  const registry = new Registry();
  const api = await openApi(
    {
      ...config,
      api: {
        ...config.api,
        fallbackAfterMs: 5_000,
        port: 20_000 + Math.floor(Math.random() * 20_000),
      },
    },
    { log: pino({ level: 'silent' }), say: (line: string) => said.push(line) } as never,
    {
      streams,
      warehouse: undefined,
      members: askedMember({ pipeline }, config),
      registry,
      health: () => ({ ready: true, reasons: [] }),
    },
  );
  const url = /http:\/\/\S+:\d+/.exec(said.join())![0];
  const post = async (path: string, body: object, headers: Record<string, string> = {}) => {
    const answer = await fetch(url + path, {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json', 'x-deadline-ms': '20000', ...headers },
    });
    return { status: answer.status, body: (await answer.json()) as Body };
  };
  const recommend = (userId: string, key: string) =>
    post('/v1/recommend', { userId, k: 3 }, { 'idempotency-key': key });
  const count = async (name: string) =>
    (await registry.getMetricsAsJSON())
      .find((one) => one.name === name)!
      .values.reduce((sum, { value }) => sum + value, 0);
  return { pipeline, api, post, recommend, count, url };
}

describeOnInfra('the HTTP interface of several members', () => {
  it('answers for every user at each of them, once a key, and when one has gone', async () => {
    const streams = await testStreams(4);
    await streams.send(
      Array.from({ length: 30 }, (_, i) => ({ topic: items, event: itemOf(`i${i}`) })),
    );
    const [one, two] = [
      await openProcess(streams, '/nowhere/1'),
      await openProcess(streams, '/nowhere/2'),
    ];
    await Promise.all([one.pipeline.start(), two.pipeline.start()]);
    const running = () => [one, two].map(({ pipeline }) => pipeline.stages[0]!.running.length);
    while (running().join() !== '2,2') await new Promise((resolve) => setTimeout(resolve, 50));
    const slates = await Promise.all(
      users.map(async (user, i) => {
        const { status, body } = await (i % 2 ? one : two).recommend(user, `key-${user}`);
        expect([status, body]).toMatchObject([
          200,
          { userId: user, logged: true, repeated: false },
        ]);
        return body;
      }),
    );
    expect((await one.count('millrace_forwarded_requests_total')) > 0).toBe(true);
    // At the other member, and with the key alone: the same slate.
    for (const [i, user] of users.entries()) {
      const { body } = await (i % 2 ? two : one).recommend(user, `key-${user}`);
      expect(body).toEqual({ ...slates[i], repeated: true });
    }
    const events = slates.map(({ impressionId, userId, items: shown }) => ({
      ...{ id: `click-${userId}`, impressionId, userId, itemId: shown[0]!.itemId },
    }));
    const told = (await one.post('/v1/feedback', { events })).body.rows;
    expect(told.map(({ status }) => status)).toEqual(users.map(() => 'joined'));
    const again = (await two.post('/v1/feedback', { events })).body.rows;
    expect(again.map(({ status }) => status)).toEqual(users.map(() => 'duplicate'));
    await two.pipeline[Symbol.asyncDispose]();
    for (const user of users) {
      // Again by its key, until the other member has the partition.
      let { body } = await two.recommend(user, `later-${user}`);
      while (!body.logged) ({ body } = await two.recommend(user, `later-${user}`));
      expect(body).toMatchObject({ userId: user, impressionId: `served-later-${user}` });
    }
    await one.pipeline.settled();
    expect(await streams.committed(impressions)).toHaveLength(2 * users.length);
    expect(await streams.committed(rewards)).toHaveLength(users.length);
    // Nobody has the partitions any more.
    await one.pipeline[Symbol.asyncDispose]();
    const { status, body } = await one.recommend('ann', 'nobody');
    expect([status, body]).toMatchObject([
      200,
      {
        tier: 'fallback',
        logged: false,
        impressionId: 'fallback-nobody',
        missing: ['member', 'snapshot'],
      },
    ]);
    const sum = body.items.reduce((all, item) => all + Math.log(item.propensity), 0);
    expect(body.slateLogProb).toBeCloseTo(sum);
    expect(await one.count('millrace_fallbacks_total')).toBe(1);
    expect(await streams.committed(impressions)).toHaveLength(2 * users.length);
    await Promise.all([one.api[Symbol.asyncDispose](), two.api[Symbol.asyncDispose]()]);
  });
});
