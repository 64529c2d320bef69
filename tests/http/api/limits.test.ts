import { connect } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { MillraceError } from '../../../schemas/errors.ts';
import { requests } from '../../../schemas/topics/requests.ts';
import { serve } from '../../support/served-memory-api.ts';

const recommend = '/v1/recommend';
const asked = { userId: 'u', k: 1 };
const never = () => new Promise<never>(() => {});

describe('limits', () => {
  it('refuses a body that is too large, no JSON, or of another type', async () => {
    const api = await serve({ limits: { bodyBytes: 1_000 } });
    const answers = await Promise.all([
      api.post(recommend, { userId: 'u'.repeat(2_000) }),
      api.post(recommend, '{"userId": "u"'),
      api.post(recommend, ''),
      api.post(recommend, 'userId=u', { 'content-type': 'application/x-www-form-urlencoded' }),
      api.post(recommend, '{"__proto__": {"userId": "u"}}'),
      api.post(recommend, 'null'),
      api.post(recommend, '[]'),
    ]);
    expect(answers.map(({ status, body }) => [status, body.error.code])).toEqual([
      [413, 'body-unusable'],
      [400, 'body-unusable'],
      [400, 'body-unusable'],
      [415, 'body-unusable'],
      [400, 'body-unusable'],
      [422, 'request-invalid'],
      [422, 'request-invalid'],
    ]);
  });

  it('refuses more than a number of requests a second by one token', async () => {
    const api = await serve({
      limits: { ratePerSecond: 3 },
      tokens: { one: ['read'], two: ['read'] },
    });
    const ask = (name: string) =>
      api.post(recommend, asked, { authorization: `Bearer ${api.tokens[name]}` });
    const statuses = [];
    for (let i = 0; i < 4; i++) statuses.push(await ask('one'));
    expect(statuses.map(({ status }) => status)).toEqual([200, 200, 200, 429]);
    expect(statuses[3]!.body.error.code).toBe('too-many-requests');
    expect(Number(statuses[3]!.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    expect((await ask('two')).status).toBe(200);
  });

  it('refuses more than a number of requests at once, and lets others in when they are done', async () => {
    const { promise: held, resolve: release } = Promise.withResolvers<void>();
    const { promise: both, resolve: full } = Promise.withResolvers<void>();
    let running = 0;
    const items = () => {
      if (++running === 2) full();
      return held;
    };
    const api = await serve({ limits: { concurrency: 2 }, ports: { items } });
    const send = () => api.post('/v1/items', { items: [{ itemId: 'a', title: 'A' }] });
    const sent = [send(), send()];
    await both;
    expect((await send()).status).toBe(429);
    release();
    expect((await Promise.all(sent)).map(({ status }) => status)).toEqual([200, 200]);
    expect((await send()).status).toBe(200);
  });

  it('answers at the deadline, that of the request or its own', async () => {
    const api = await serve({
      limits: { deadlineMs: 80 },
      ports: { recommend: never, feedback: never },
    });
    const begun = performance.now();
    const own = await api.post(recommend, asked, { 'x-deadline-ms': '20' });
    expect([own.status, own.body.error.code]).toEqual([408, 'deadline-passed']);
    expect(own.body.error.what).toBe('There was no answer within 20 ms.');
    const other = await api.post(recommend, { ...asked, userId: 'v' });
    expect(other.body.error.what).toBe('There was no answer within 80 ms.');
    expect(performance.now() - begun).toBeGreaterThanOrEqual(98);
    for (const ms of ['0', '60001', '1.5', '-1', 'soon', '1e3']) {
      const { status, body } = await api.post(recommend, asked, { 'x-deadline-ms': ms });
      expect([status, body.error.why]).toEqual([422, expect.stringMatching(/^x-deadline-ms: /)]);
    }
  });

  it('tells the streams when whoever asked has gone', async () => {
    const ended = Promise.withResolvers<void>();
    const api = await serve({
      ports: {
        recommend(_request, { signal }) {
          signal.addEventListener('abort', () => ended.resolve());
          return never();
        },
      },
    });
    const { port } = new URL(api.url);
    const socket = connect(Number(port), '127.0.0.1');
    const body = JSON.stringify(asked);
    socket.write(
      `POST ${recommend} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
    );
    setTimeout(() => socket.destroy(), 100);
    await ended.promise;
  });
});

describe('errors', () => {
  it('say what, why and what to do, under the id of the request', async () => {
    const api = await serve();
    const { headers, body } = await api.post(recommend, {}, { 'x-request-id': 'order-77' });
    expect(headers.get('x-request-id')).toBe('order-77');
    expect(body).toEqual({
      error: {
        code: 'request-invalid',
        what: expect.any(String),
        why: expect.any(String),
        todo: expect.any(String),
      },
      requestId: 'order-77',
    });
    const other = await api.post(recommend, {}, { 'x-request-id': 'no spaces, please' });
    expect(other.body.requestId).toMatch(/^[0-9a-f-]{36}$/);
    expect(other.headers.get('x-request-id')).toBe(other.body.requestId);
  });

  it('tell nothing of the inside', async () => {
    const api = await serve({
      ports: {
        recommend: async () => {
          throw new TypeError('Cannot read properties of undefined (password=hunter2)');
        },
      },
    });
    const { status, body } = await api.post(recommend, asked);
    expect([status, body.error.code]).toEqual([500, 'unexpected']);
    expect(JSON.stringify(body)).not.toMatch(/hunter2|TypeError|\.ts/);
  });

  it('that pass are 503, with a time to come again', async () => {
    const api = await serve({
      ports: {
        recommend: async () => {
          throw new MillraceError({
            code: 'broker-unavailable',
            what: 'No broker answers.',
            remedy: 'retry',
          });
        },
      },
    });
    const { status, headers, body } = await api.post(recommend, asked);
    expect([status, headers.get('retry-after')]).toEqual([503, '1']);
    expect(body.error.code).toBe('broker-unavailable');
  });

  it('name the methods of an address that is asked in another way', async () => {
    const api = await serve();
    const wrong = await api.get(recommend);
    expect([wrong.status, wrong.headers.get('allow')]).toEqual([405, 'POST']);
    expect(wrong.body.error.code).toBe('route-unknown');
    expect((await api.get('/v1/recommendations')).status).toBe(404);
    expect((await api.get('/v1/%zz')).status).toBe(400);
    expect((await api.get(`/v1/explain/x`)).status).toBe(404);
  });

  it('of a key that cannot be one name the header', async () => {
    const api = await serve();
    for (const key of ['', 'a b', 'x'.repeat(513), '""']) {
      const { status, body } = await api.post(recommend, asked, { 'idempotency-key': key });
      expect([status, body.error.why]).toEqual([422, expect.stringMatching(/^idempotency-key: /)]);
    }
    expect(api.runtime.events(requests)).toEqual([]);
  });
});
