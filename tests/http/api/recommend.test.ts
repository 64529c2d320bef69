import { describe, expect, it } from '@jest/globals';
import { impressions } from '../../../schemas/topics/impressions.ts';
import { requests } from '../../../schemas/topics/requests.ts';
import type { MemoryApi, MemoryApiOptions } from '../../support/memory-api.ts';
import { serve } from '../../support/served-memory-api.ts';

/** An interface with a catalogue of items `item-0` and on. */
async function withItems(n: number, options?: MemoryApiOptions): Promise<MemoryApi> {
  const api = await serve(options);
  const items = Array.from({ length: n }, (_, i) => ({ itemId: `item-${i}`, title: `Item ${i}` }));
  expect((await api.post('/v1/items', { items })).status).toBe(200);
  return api;
}

const recommend = '/v1/recommend';

describe('POST /v1/recommend', () => {
  it('answers the impression as it was logged', async () => {
    const api = await withItems(20);
    const { status, body } = await api.post(recommend, { userId: 'u', k: 3 });
    expect(status).toBe(200);
    const [logged] = api.runtime.events(impressions);
    expect(body).toEqual({ ...logged, logged: true, repeated: false });
    expect(body.items).toHaveLength(3);
    // Without feedback the policy is uniform over 20 items: 1/20, then 1/19, then 1/18.
    const propensities = body.items.map(({ propensity }: { propensity: number }) => propensity);
    expect(propensities).toEqual([1 / 20, 1 / 19, 1 / 18].map((p) => expect.closeTo(p, 12)));
  });

  it('logs what the request says, and takes the time of the clock where it says none', async () => {
    const api = await withItems(5);
    const before = Date.now();
    const asked = {
      ...{ userId: 'u', k: 2, surface: 'home', candidates: ['item-1', 'item-2'] },
      ...{ said: ['something light'], context: { device: 'phone' } },
    };
    await api.post(recommend, asked, { 'idempotency-key': 'r1' });
    const [request] = api.runtime.events(requests);
    expect(request).toEqual({ ...asked, requestId: 'r1', at: expect.any(Number) });
    expect(request!.at).toBeGreaterThanOrEqual(before);
    expect(request!.at).toBeLessThanOrEqual(Date.now());
  });

  it('gives the same impression for the same key, and logs it once', async () => {
    const api = await withItems(50);
    const ask = () => api.post(recommend, { userId: 'u', k: 5 }, { 'idempotency-key': '"r1"' });
    const [first, ...others] = await Promise.all([ask(), ask(), ask()]);
    const later = await ask();
    expect(first!.body.impressionId).toBe('served-r1');
    for (const { body } of [...others, later]) {
      expect(body).toEqual({ ...first!.body, repeated: body.repeated });
    }
    expect(later.body.repeated).toBe(true);
    expect(api.runtime.events(impressions)).toHaveLength(1);
    expect(api.runtime.events(requests)).toHaveLength(1);
  });

  it('refuses a key that was used with another body', async () => {
    const api = await withItems(5);
    const key = { 'idempotency-key': 'r1' };
    await api.post(recommend, { userId: 'u', k: 2 }, key);
    for (const other of [
      { userId: 'v', k: 2 },
      { userId: 'u', k: 3 },
    ]) {
      const { status, body } = await api.post(recommend, other, key);
      expect([status, body.error.code]).toEqual([409, 'key-reused']);
    }
    expect(api.runtime.events(requests)).toHaveLength(1);
  });

  it('refuses a key by the impression that is there, where this process has not seen the request', async () => {
    const first = await withItems(5);
    const { body: logged } = await first.post(
      recommend,
      { userId: 'u' },
      { 'idempotency-key': 'r' },
    );
    const { logged: _, repeated: __, ...impression } = logged;
    const api = await serve({
      ports: { recommend: async () => ({ impression, logged: true, repeated: true }) },
    });
    const again = await api.post(recommend, { userId: 'u' }, { 'idempotency-key': 'r' });
    expect(again.body).toEqual({ ...impression, logged: true, repeated: true });
    const other = await api.post(recommend, { userId: 'v' }, { 'idempotency-key': 'r2' });
    expect([other.status, other.body.error.code]).toEqual([409, 'key-reused']);
  });

  it('asks itself where the one who asked first with the key gave up', async () => {
    const api = await withItems(5);
    let calls = 0;
    const slow = await serve({
      ports: {
        async recommend(request, call) {
          if (++calls === 1)
            await new Promise((_, reject) => {
              call.signal.onabort = () => reject(call.signal.reason);
            });
          const answer = await api.post(recommend, { userId: request.userId, k: 1 });
          const { logged, repeated, ...impression } = answer.body;
          return { impression, logged, repeated };
        },
      },
    });
    const key = { 'idempotency-key': 'r' };
    const first = slow.post(recommend, { userId: 'u', k: 1 }, { ...key, 'x-deadline-ms': '60' });
    const second = slow.post(recommend, { userId: 'u', k: 1 }, key);
    expect([(await first).status, (await second).status]).toEqual([408, 200]);
    expect(calls).toBe(2);
  });

  const refusals: [string, object, string][] = [
    ['no user', { k: 3 }, 'userId'],
    ['an empty user', { userId: '' }, 'userId'],
    ['text for a number', { userId: 'u', k: '3' }, 'k'],
    ['no items', { userId: 'u', k: 0 }, 'k'],
    ['too many items', { userId: 'u', k: 1_001 }, 'k'],
    ['half an item', { userId: 'u', k: 1.5 }, 'k'],
    ['an unknown field', { userId: 'u', limit: 3 }, 'limit'],
    ['a blank word', { userId: 'u', said: ['  '] }, 'said'],
    ['too many texts', { userId: 'u', said: Array(13).fill('x') }, 'said'],
    ['a name in the context', { userId: 'u', context: { '1x': 'y' } }, 'context'],
    ['a time before 1970', { userId: 'u', at: -1 }, 'at'],
    ['a time in 2300', { userId: 'u', at: 1e14 }, 'at'],
    ['an id that is too long', { userId: 'u'.repeat(513) }, 'userId'],
  ];
  it.each(refusals)(
    'refuses %s with the name of the field, and writes nothing',
    async (_, asked, field) => {
      const api = await serve();
      const { status, body } = await api.post(recommend, asked);
      expect(status).toBe(422);
      expect(body.error).toEqual({
        ...{ code: 'request-invalid', what: 'A request cannot be used.' },
        ...{ why: expect.stringContaining(field), todo: expect.any(String) },
      });
      expect(api.runtime.events(requests)).toEqual([]);
    },
  );

  it('refuses a time to come as the streams would', async () => {
    const api = await serve();
    const { status, body } = await api.post(recommend, { userId: 'u', at: Date.now() + 3_600_000 });
    expect([status, body.error.code]).toEqual([422, 'event-ahead']);
    expect(body.error.why).toMatch(/^at: Its time is \d{4}-/);
    expect(api.runtime.events(requests)).toEqual([]);
  });

  it('repeats nothing of what the user said', async () => {
    const api = await serve();
    const said = ['my card is 4111111111111111 '.repeat(50)];
    const context = { [`name-${'4111'.repeat(10)}`]: 'x' };
    const { body } = await api.post(recommend, { userId: 'u', said, context });
    expect(JSON.stringify(body)).not.toContain('4111');
  });
});
