import { once } from 'node:events';
import { readFileSync, statSync } from 'node:fs';
import { type IncomingMessage, request } from 'node:http';
import { networkInterfaces } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { addToken, listTokens, removeToken } from '../../../app/http/tokens.ts';
import { readTokens, writeTokens } from '../../../infra/http/api/tokens.ts';
import { requests } from '../../../schemas/topics/requests.ts';
import type { MemoryApiOptions } from '../../support/memory-api.ts';
import { serve } from '../../support/served-memory-api.ts';

const tokens = { reader: ['read'], writer: ['write'], all: ['admin'] } as const;
const withTokens = { tokens: tokens as unknown as NonNullable<MemoryApiOptions['tokens']> };
const bearer = (token: string | undefined) => ({ authorization: `Bearer ${token}` });
const asked = { userId: 'u', k: 1 };
const item = { items: [{ itemId: 'a', title: 'A' }] };

describe('tokens', () => {
  it('refuses a request without one, or with one that is not known, and reads no body', async () => {
    const api = await serve(withTokens);
    for (const headers of [
      {},
      bearer('millrace_x'),
      { authorization: `Basic ${api.tokens.all}` },
    ]) {
      const { status, body, headers: got } = await api.post('/v1/recommend', '{"cut', headers);
      expect([status, body.error.code]).toEqual([401, 'token-refused']);
      expect(got.get('www-authenticate')).toBe('Bearer');
    }
    expect(api.runtime.events(requests)).toEqual([]);
  });

  it('allows what its scopes name', async () => {
    const api = await serve(withTokens);
    const statuses = async (name: string) => [
      (await api.post('/v1/items', item, bearer(api.tokens[name]))).status,
      (await api.post('/v1/recommend', asked, bearer(api.tokens[name]))).status,
    ];
    expect(await statuses('reader')).toEqual([403, 200]);
    expect(await statuses('writer')).toEqual([200, 403]);
    expect(await statuses('all')).toEqual([200, 200]);
    const { body } = await api.post('/v1/items', item, bearer(api.tokens.reader));
    expect(body.error).toMatchObject({
      code: 'scope-missing',
      what: 'The token reader does not allow this.',
      why: 'It has read, and write is wanted.',
    });
  });

  it('answers health and the document without one', async () => {
    const api = await serve(withTokens);
    expect((await api.get('/v1/health')).body).toEqual({ ready: true, reasons: [] });
    expect((await api.get('/v1/openapi.json')).body.openapi).toBe('3.1.0');
  });

  it('hears of tokens that are made and removed while it runs', async () => {
    const api = await serve();
    expect((await api.post('/v1/items', item)).status).toBe(200);
    const config = { dataDir: '/', api: { tokensFile: api.tokensFile } } as Parameters<
      typeof addToken
    >[0];
    const token = addToken(config, 'shop', ['read', 'write'], new Date());
    await sleep(1_100);
    expect((await api.post('/v1/items', item)).status).toBe(401);
    expect((await api.post('/v1/items', item, bearer(token))).status).toBe(200);
    addToken(config, 'other', ['read'], new Date());
    removeToken(config, 'shop');
    await sleep(1_100);
    expect((await api.post('/v1/items', item, bearer(token))).status).toBe(401);
  });

  it('keeps a hash, in a file that its owner alone may read', async () => {
    const api = await serve();
    const config = { dataDir: '/', api: { tokensFile: api.tokensFile } } as Parameters<
      typeof addToken
    >[0];
    const token = addToken(config, 'shop', ['read'], new Date(0));
    expect(token).toMatch(/^millrace_[\w-]{43}$/);
    expect(readFileSync(api.tokensFile, 'utf8')).not.toContain(token.slice(9));
    expect(statSync(api.tokensFile).mode & 0o777).toBe(0o600);
    expect(listTokens(config)).toEqual([
      { name: 'shop', scopes: ['read'], made: '1970-01-01T00:00:00.000Z' },
    ]);
    expect(() => addToken(config, 'shop', ['read'], new Date())).toThrow(/token shop already/);
    expect(() => addToken(config, 'a b', ['read'], new Date())).toThrow(/cannot be called "a b"/);
    expect(() => addToken(config, 'x', ['wrte'], new Date())).toThrow(/wrte is no scope/);
    expect(() => removeToken(config, 'shoop')).toThrow(/no token shoop.*\n.*has shop/);
  });

  it('goes on with the tokens it had while the file cannot be read, and does not start with one', async () => {
    const api = await serve(withTokens);
    const { tokensFile } = api;
    const kept = readTokens(tokensFile);
    writeTokens(tokensFile, 'nonsense' as never);
    await sleep(1_100);
    expect((await api.post('/v1/items', item, bearer(api.tokens.all))).status).toBe(200);
    expect((await api.post('/v1/items', item)).status).toBe(401);
    await expect(serve({ server: { tokensFile } })).rejects.toThrow(/file of tokens/);
    writeTokens(tokensFile, kept);
  });
});

describe('without a token', () => {
  it('answers this machine alone, and nothing that came through a proxy', async () => {
    const api = await serve();
    const forwarded = await api.post('/v1/items', item, { 'x-forwarded-for': '10.0.0.9' });
    expect(forwarded.status).toBe(401);
    expect(forwarded.body.error.why).toMatch(/no token, so it answers this machine alone/);
    const claimed = await api.post('/v1/items', item, bearer('millrace_any'));
    expect(claimed.status).toBe(401);
  });

  const address = Object.values(networkInterfaces())
    .flat()
    .find((one) => one && !one.internal && one.family === 'IPv4')?.address;
  (address ? it : it.skip)('opened to a network, it refuses who comes over it', async () => {
    const api = await serve({ server: { host: '0.0.0.0' } });
    const port = new URL(api.url).port;
    const over = await fetch(`http://${address}:${port}/v1/recommend`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(asked),
    });
    expect(over.status).toBe(401);
    expect((await fetch(`http://${address}:${port}/v1/health`)).status).toBe(200);
  });

  it('refuses a foreign host name and a foreign page', async () => {
    const api = await serve();
    const [answer] = (await once(
      request(`${api.url}/v1/health`, { headers: { host: 'shop.example' } }).end(),
      'response',
    )) as [IncomingMessage];
    answer.resume();
    expect(answer.statusCode).toBe(421);
    const page = await api.post('/v1/items', item, { 'sec-fetch-site': 'cross-site' });
    expect(page.status).toBe(403);
  });
});
