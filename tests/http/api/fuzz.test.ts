// A short fuzz of our own in each run; `npm run fuzz:http` is the long one, by another's tool.
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type Exchange, judged } from '../../../bench/fuzz/judge.ts';
import { clicks } from '../../../schemas/topics/clicks.ts';
import { items } from '../../../schemas/topics/items.ts';
import { requests } from '../../../schemas/topics/requests.ts';
import { type MemoryApi, openMemoryApi } from '../../support/memory-api.ts';

let api: MemoryApi;
beforeAll(async () => {
  api = await openMemoryApi({ limits: { bodyBytes: 100_000 } });
});
afterAll(async () => {
  await api?.[Symbol.asyncDispose]();
});

const id = fc.oneof(fc.string({ maxLength: 20 }), fc.string({ minLength: 500, maxLength: 600 }));
const odd = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }),
  fc.constantFrom(
    -0,
    1e308,
    -1,
    2 ** 53,
    10_413_791_999_999,
    '\ud800',
    '\0',
    '__proto__',
    "O'Brien",
  ),
  fc.string({ unit: 'binary', maxLength: 50 }),
);

/** An object with some of the fields, each as it should be or anything else. */
const mostly = (fields: Record<string, fc.Arbitrary<unknown>>) =>
  fc.record(
    Object.fromEntries(
      Object.entries(fields).map(([name, value]) => [
        name,
        fc.oneof({ weight: 6, arbitrary: value }, { weight: 1, arbitrary: odd }),
      ]),
    ),
    { requiredKeys: [] },
  );

const at = fc.integer({ min: 0, max: 2_000_000_000_000 });
const request = mostly({
  userId: id,
  k: fc.integer({ min: -1, max: 1_100 }),
  at,
  surface: fc.string(),
  candidates: fc.array(id, { maxLength: 20 }),
  said: fc.array(fc.string({ unit: 'grapheme' }), { maxLength: 14 }),
  context: fc.dictionary(fc.string({ maxLength: 26 }), fc.string({ maxLength: 62 }), {
    maxKeys: 9,
  }),
});
const event = mostly({
  id,
  impressionId: id,
  userId: id,
  itemId: id,
  at,
  kind: fc.constantFrom('click', 'buy', 'rating', 'glance'),
  positive: fc.boolean(),
  value: fc.double(),
});
const item = mostly({
  itemId: id,
  title: fc.string(),
  text: fc.string(),
  groups: fc.array(id, { maxLength: 5 }),
  attributes: fc.dictionary(fc.string(), fc.oneof(fc.string(), fc.double(), fc.boolean(), odd)),
  deleted: fc.boolean(),
});
const batch = (name: string, row: fc.Arbitrary<unknown>) =>
  mostly({ [name]: fc.array(row, { maxLength: 6 }), skipInvalid: fc.boolean() });

const body = fc.oneof(
  {
    weight: 5,
    arbitrary: fc
      .oneof(request, batch('events', event), batch('items', item))
      .map((one) => JSON.stringify(one) ?? ''),
  },
  { weight: 1, arbitrary: fc.oneof(fc.json(), fc.string({ unit: 'binary' })) },
);
const path = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom('/v1/recommend', '/v1/feedback', '/v1/items') },
  {
    weight: 1,
    arbitrary: fc.oneof(
      fc.webPath().map((web) => `/v1${web}`),
      fc.constantFrom('/v1/explain/%00', '/v1/explain/../..', '/v1/openapi.json?x[]=1', '/%'),
    ),
  },
);
const headers = fc.record(
  {
    'idempotency-key': fc.string({ maxLength: 30 }),
    'x-deadline-ms': fc.oneof(fc.constantFrom('5000', '0', '-1', 'x'), fc.string()),
    'x-request-id': fc.string(),
    'content-type': fc.constantFrom(
      'application/json',
      'text/plain',
      'application/json; charset=utf-16',
    ),
  },
  { requiredKeys: [] },
);
const method = fc.constantFrom('POST', 'POST', 'POST', 'GET', 'PUT', 'DELETE', 'PATCH');

/** Sends it; undefined where fetch itself refuses it. */
async function send(asked: {
  method: string;
  path: string;
  body: string;
  headers: Record<string, string>;
}): Promise<Exchange | undefined> {
  const { method: how, path: where, body: what } = asked;
  const url = `${api.url}${where}`;
  let init: RequestInit;
  try {
    const own = new Headers({ 'content-type': 'application/json', ...asked.headers });
    init = { method: how, headers: own, ...(how === 'GET' ? {} : { body: what }) };
    new Request(url, init);
  } catch {
    return undefined;
  }
  const begun = performance.now();
  const response = await fetch(url, { ...init, signal: AbortSignal.timeout(30_000) });
  const text = await response.text();
  return {
    time: performance.now() - begun,
    request: { method: how, url },
    response: {
      status: response.status,
      headers: [...response.headers].map(([name, value]) => ({ name, value })),
      content: { text },
    },
  };
}

it('answers anything with what is wrong with it: no 5xx, nothing of the inside, nothing half-written', async () => {
  const seen: Exchange[] = [];
  const written = () =>
    [requests, clicks, items].map((topic) => api.runtime.records(topic).flat().length);
  await fc.assert(
    fc.asyncProperty(fc.record({ method, path, body, headers }), async (asked) => {
      const before = written();
      const exchange = await send(asked);
      if (!exchange) return;
      seen.push(exchange);
      const { status, content } = exchange.response;
      expect(status).toBeLessThan(500);
      if (status < 400) return;
      expect(written()).toEqual(before);
      if (status === 421 || status === 403) return;
      const { error, requestId } = JSON.parse(content.text ?? '');
      expect(error).toEqual({
        code: expect.stringMatching(/^[a-z-]+$/),
        what: expect.any(String),
        why: expect.anything(),
        todo: expect.any(String),
      });
      expect(requestId).toMatch(/\S/);
    }),
    { numRuns: 400, seed: Number(process.env.FUZZ_SEED ?? 14) },
  );
  const { leaks, statuses } = judged(seen, '');
  expect(leaks).toEqual([]);
  // It is not always the same door that is closed.
  expect(Object.keys(statuses)).toEqual(
    expect.arrayContaining(['200', '400', '404', '405', '415', '422']),
  );
});
