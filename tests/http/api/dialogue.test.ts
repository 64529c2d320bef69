// A dialogue over HTTP: what was said before in a session holds, and the slate comes with words.
import { describe, expect, it } from '@jest/globals';
import { requests } from '../../../schemas/topics/requests.ts';
import { serve } from '../../support/served-memory-api.ts';

const items = [
  { itemId: 'a', title: 'Night Train (1987)', groups: ['Horror'] },
  { itemId: 'b', title: 'Sunny Street (2001)', groups: ['Comedy'] },
  { itemId: 'c', title: 'Laughing Lantern (2004)', groups: ['Comedy'] },
  { itemId: 'd', title: 'Desert Riders (1966)', groups: ['Western'] },
];
const recommend = '/v1/recommend';

async function opened() {
  const api = await serve();
  expect((await api.post('/v1/items', { items })).status).toBe(200);
  const say = async (text: string | null, k = 4, key = Math.random().toString()) => {
    const said = text === null ? null : [text];
    const body = { userId: 'ada', sessionId: 's1', k, said };
    return (await api.post(recommend, body, { 'idempotency-key': key })).body;
  };
  return { api, say };
}

describe('a session of POST /v1/recommend', () => {
  it('remembers what was said in it, and logs all of it', async () => {
    const { api, say } = await opened();
    await say('no horror please');
    const second = await say('and I loved Sunny Street');
    const ids = second.items.map(({ itemId }: { itemId: string }) => itemId);
    expect(ids.sort()).toEqual(['c', 'd']);
    const logged = api.runtime.events(requests).at(-1)!;
    expect(logged.said).toEqual(['no horror please', 'and I loved Sunny Street']);
    expect(logged.context).toEqual({ dialogue: 's1' });
  });

  it('says nothing twice for a key that comes again, and nothing in another session', async () => {
    const { api, say } = await opened();
    await say('no horror', 4, 'k1');
    await say('no horror', 4, 'k1');
    await say('a comedy', 1, 'k2');
    expect(api.runtime.events(requests).at(-1)!.said).toEqual(['no horror', 'a comedy']);
    await api.post(recommend, { userId: 'ada', sessionId: 's2', said: ['hi'] });
    expect(api.runtime.events(requests).at(-1)!.said).toEqual(['hi']);
  });

  it('answers the words that the streams give with a slate, and nothing where they give none', async () => {
    const { api, say } = await opened();
    const { logged, repeated, ...impression } = await say('a comedy', 1);
    expect(impression).not.toHaveProperty('answer');
    const answer = { act: 'ask', text: 'Which?', groups: ['Comedy'] } as const;
    const other = await serve({
      ports: { recommend: async () => ({ impression, logged, repeated, answer }) },
    });
    const { body } = await other.post(recommend, { userId: 'ada', k: 1, said: ['a comedy'] });
    expect(body).toEqual({ ...impression, logged, repeated, answer });
    expect(api.runtime.events(requests)).toHaveLength(1);
  });

  it('refuses a session id that is too long', async () => {
    const { api } = await opened();
    const { status } = await api.post(recommend, { userId: 'u', sessionId: 'x'.repeat(61) });
    expect(status).toBe(422);
  });
});
