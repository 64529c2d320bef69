// Events that are asked about: stepped at once, durable before they are answered, counted once.
import { expect, it } from '@jest/globals';
import { rebuilderOf } from '../../app/rebuild/rebuild.ts';
import type { Pipeline } from '../../infra/kafka/pipeline.ts';
import { codeOf } from '../../schemas/errors.ts';
import { requestOf } from '../../schemas/request-border.ts';
import { clicks } from '../../schemas/topics/clicks.ts';
import { type Impression, impressions } from '../../schemas/topics/impressions.ts';
import { items } from '../../schemas/topics/items.ts';
import { type Request, requests } from '../../schemas/topics/requests.ts';
import { rewards } from '../../schemas/topics/rewards.ts';
import { userStates } from '../../schemas/topics/user-state.ts';
import type { ServeReply } from '../../streams/serve/replies.ts';
import { mainTopology } from '../../streams/topology.ts';
import { clickOf, itemOf } from '../support/events.ts';
import { describeOnInfra } from '../support/infra.ts';
import { testStreams } from '../support/streams.ts';

async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 20));
}

const topology = mainTopology();
const serving = { ...topology, stages: topology.stages.filter(({ name }) => name === 'serve') };
const candidates = Array.from({ length: 20 }, (_, i) => `i${i}`);
const requestFor = (requestId: string, userId: string, at = Date.now()) =>
  requestOf({ requestId, userId, at, k: 5, candidates });

async function slateFor(pipeline: Pipeline, request: Request): Promise<Impression> {
  const { reply, durable } = await pipeline.ask('serve', requests, request);
  expect(durable).toBe(true);
  return (reply as ServeReply).impression!;
}

async function opened() {
  const streams = await testStreams(2);
  await streams.send(candidates.map((id) => ({ topic: items, event: itemOf(id) })));
  return streams;
}

describeOnInfra('an event that somebody asks about', () => {
  it('is answered when request, slate and state are committed, and counts once', async () => {
    const streams = await opened();
    const users = ['ann', 'bob', 'eve', 'joe'];
    const first = new Map<string, Impression>();
    {
      await using pipeline = streams.pipeline(serving);
      await pipeline.start();
      await pipeline.settled();
      for (const user of users) {
        const slate = await slateFor(pipeline, requestFor(`r-${user}`, user));
        first.set(user, slate);
        expect(slate).toMatchObject({
          impressionId: `served-r-${user}`,
          userId: user,
          servedBy: 'served',
        });
        // Its transaction has ended; readers see that once the brokers have written its markers.
        const ofUser = async (topic: typeof impressions | typeof requests) =>
          (await streams.committed(topic)).filter(({ userId }) => userId === user);
        await until(async () => (await ofUser(impressions)).length > 0);
        expect(await ofUser(impressions)).toEqual([slate]);
        expect(await ofUser(requests)).toHaveLength(1);
      }
      const { itemId } = first.get('ann')!.items[0]!;
      const click = clickOf('c-ann', 'served-r-ann', 'ann', itemId, Date.now());
      expect(await pipeline.ask('serve', clicks, click)).toMatchObject({ reply: 'joined' });
      expect((await pipeline.ask('serve', clicks, click)).reply).toBe('click-duplicate');
      await pipeline.settled();
    }
    await using pipeline = streams.pipeline(serving);
    await pipeline.start();
    await pipeline.settled();
    // Asked again with the same key, also of another life: the same slate.
    for (const user of users) {
      const again = await slateFor(pipeline, requestFor(`r-${user}`, user));
      expect(again).toEqual(first.get(user));
    }
    await pipeline.settled();
    expect(await streams.committed(impressions)).toHaveLength(users.length);
    expect(await streams.committed(rewards)).toHaveLength(1);
    const latest = new Map(
      (await streams.committed(userStates)).map((state) => [state.userId, state]),
    );
    expect(latest.get('ann')).toMatchObject({ impressions: 1, feedbacks: 1 });
    expect(latest.get('bob')).toMatchObject({ impressions: 1, feedbacks: 0 });
    await pipeline[Symbol.asyncDispose]();
    for (const name of ['user-state', 'open-impressions']) {
      expect(await rebuilderOf(name)(streams)).toMatchObject({ equal: true });
    }
  });

  it('is refused by the border, and where its partition is not', async () => {
    const streams = await opened();
    await using pipeline = streams.pipeline(serving);
    await pipeline.start();
    await pipeline.settled();
    const ask = (event: object) =>
      pipeline.ask('serve', requests, event as never).then(() => 'answered', codeOf);
    const good = requestFor('r1', 'ann');
    expect(await ask({ ...good, k: 0 })).toBe('event-invalid');
    expect(await ask({ ...good, at: Date.now() + 3_600_000 })).toBe('event-ahead');
    expect(await ask(good)).toBe('answered');
    const item = itemOf('i0');
    expect(await pipeline.ask('serve', items, item).catch(codeOf)).toBe('ask-unsupported');
    expect(await pipeline.ask('learn', requests, good).catch(codeOf)).toBe('stage-unknown');
    await pipeline[Symbol.asyncDispose]();
    expect(await ask(requestFor('r2', 'ann'))).toBe('asked-elsewhere');
    expect(await streams.committed(impressions)).toHaveLength(1);
  });

  it('waits for what is in the log before it', async () => {
    const streams = await opened();
    const earlier = Date.now() - 60_000;
    const before = Array.from({ length: 300 }, (_, i) =>
      requestFor(`old-${i}`, 'ann', earlier + i),
    );
    await streams.send(before.map((event) => ({ topic: requests, event })));
    await using pipeline = streams.pipeline(serving);
    await pipeline.start();
    await until(() => pipeline.stages[0]!.running.length === 2);
    await slateFor(pipeline, requestFor('new', 'ann'));
    const shown = await streams.committed(impressions);
    expect(shown.map(({ requestId }) => requestId)).toEqual([
      ...before.map(({ requestId }) => requestId),
      'new',
    ]);
  });

  it('has one slate, though members come and go while it is asked for again and again', async () => {
    const streams = await opened();
    const members = [streams.pipeline(serving), streams.pipeline(serving)];
    await members[0]!.start();
    await members[0]!.settled();
    const ids = Array.from({ length: 60 }, (_, i) => `r${i}`);
    const answers = new Map<string, string[]>();
    const askUntilAnswered = async (id: string) => {
      const request = requestFor(id, `user-${id}`);
      for (;;) {
        for (const member of members) {
          const answer = await member.ask('serve', requests, request, 2_000).catch(codeOf);
          if (typeof answer !== 'object' || !answer.durable) continue;
          answers.set(
            id,
            (answer.reply as ServeReply).impression!.items.map(({ itemId }) => itemId),
          );
          return;
        }
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    };
    const asking = ids.map(async (id, i) => {
      await new Promise((resolve) => setTimeout(resolve, i * 60));
      await askUntilAnswered(id);
    });
    await members[1]!.start();
    await until(() => members[1]!.stages[0]!.running.length === 1);
    await members[0]![Symbol.asyncDispose]();
    await Promise.all(asking);
    await members[1]!.settled();
    const shown = await streams.committed(impressions);
    expect(shown.map(({ requestId }) => requestId).sort()).toEqual([...ids].sort());
    for (const { requestId, items: slate } of shown) {
      expect(slate.map(({ itemId }) => itemId)).toEqual(answers.get(requestId!));
    }
    await members[1]![Symbol.asyncDispose]();
    expect(await rebuilderOf('user-state')(streams)).toMatchObject({ equal: true });
  });
});
