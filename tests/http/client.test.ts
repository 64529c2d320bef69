import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { MillraceClient } from '../../api/client.ts';
import { clicks } from '../../schemas/topics/clicks.ts';
import { impressions } from '../../schemas/topics/impressions.ts';
import { requests } from '../../schemas/topics/requests.ts';
import { openMemoryApi } from '../support/memory-api.ts';

const open: (() => unknown)[] = [];

afterEach(async () => {
  for (const close of open.splice(0)) await close();
});

/** A server that answers as it is told. @returns its address */
async function serverOf(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  open.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe('the client', () => {
  it('asks for a slate, sends feedback on it and keeps the catalogue', async () => {
    await using api = await openMemoryApi({ tokens: { shop: ['read', 'write'] } });
    const millrace = new MillraceClient({ url: `${api.url}/`, token: api.tokens.shop! });
    expect(await millrace.health()).toEqual({ ready: true, reasons: [] });
    await millrace.items([
      { itemId: 'a', title: 'A' },
      { itemId: 'b', title: 'B', attributes: { price: 3 } },
      { itemId: 'c', title: 'C' },
    ]);
    await millrace.items([{ itemId: 'c', deleted: true }]);
    const slate = await millrace.recommend({ userId: 'u', k: 2 });
    expect(slate.items.map(({ itemId }) => itemId).sort()).toEqual(['a', 'b']);
    expect(slate.items[0]!.propensity).toBe(1 / 2);
    const { impressionId } = slate;
    const answer = await millrace.feedback([
      { id: 'e1', impressionId, userId: 'u', itemId: 'a', kind: 'buy' },
    ]);
    expect(answer).toEqual({
      written: 1,
      refused: 0,
      rows: [{ index: 0, id: 'e1', status: 'written' }],
    });
  });

  it('throws the error of the answer, with its code and its remedy', async () => {
    await using api = await openMemoryApi();
    const millrace = new MillraceClient({ url: api.url });
    await expect(millrace.recommend({ userId: '' })).rejects.toMatchObject({
      code: 'request-invalid',
      why: expect.stringContaining('userId'),
      todo: expect.any(String),
    });
    const wrong = [
      { impressionId: 'i', userId: 'u', itemId: '' },
      { impressionId: 'i', userId: 'u', itemId: 'a' },
    ];
    await expect(millrace.feedback(wrong)).rejects.toMatchObject({ code: 'batch-invalid' });
    const { rows } = await millrace.feedback(wrong, { skipInvalid: true });
    expect(rows.map(({ status }) => status)).toEqual(['refused', 'written']);
  });

  it('asks again with the same key where an answer was lost: one request, one impression', async () => {
    await using api = await openMemoryApi();
    await api.post('/v1/items', { items: [{ itemId: 'a', title: 'A' }] });
    let tries = 0;
    const keys = new Set<unknown>();
    const losing: typeof fetch = async (url, init) => {
      keys.add(new Headers(init?.headers).get('idempotency-key'));
      const answer = await fetch(url, init);
      if (++tries <= 2) throw new TypeError('fetch failed');
      return answer;
    };
    const millrace = new MillraceClient({ url: api.url, fetch: losing });
    const slate = await millrace.recommend({ userId: 'u', k: 1 });
    expect([tries, keys.size, slate.repeated]).toEqual([3, 1, true]);
    expect(api.runtime.events(requests)).toHaveLength(1);
    expect(api.runtime.events(impressions)).toHaveLength(1);
    tries = 0;
    await millrace.feedback([{ impressionId: slate.impressionId, userId: 'u', itemId: 'a' }]);
    expect(api.runtime.events(clicks)).toHaveLength(1);
  });

  it('asks again after 429 and 503, no sooner than the server says, and after nothing else', async () => {
    const seen: { readonly at: number; readonly key: unknown }[] = [];
    const answers = [503, 429, 200];
    const url = await serverOf((request, response) => {
      seen.push({ at: performance.now(), key: request.headers['idempotency-key'] });
      const status = answers[seen.length - 1] ?? 400;
      const headers = status === 429 ? { 'retry-after': '1' } : {};
      response.writeHead(status, headers).end(status === 200 ? '{}' : '<html>');
    });
    const millrace = new MillraceClient({ url });
    await millrace.recommend({ userId: 'u' }, { key: 'k1' });
    expect(seen.map(({ key }) => key)).toEqual(['k1', 'k1', 'k1']);
    expect(seen[2]!.at - seen[1]!.at).toBeGreaterThanOrEqual(990);
    await expect(millrace.recommend({ userId: 'u' })).rejects.toMatchObject({
      code: 'answer-foreign',
      message: expect.stringContaining('400'),
    });
    expect(seen).toHaveLength(4);
  });

  it('is done at its deadline, whatever the server does', async () => {
    const url = await serverOf(() => {});
    const millrace = new MillraceClient({ url, deadlineMs: 300 });
    const begun = performance.now();
    await expect(millrace.recommend({ userId: 'u' })).rejects.toMatchObject({
      code: 'server-unreachable',
    });
    expect(performance.now() - begun).toBeLessThan(5_000);
    const gone = new MillraceClient({ url: 'http://127.0.0.1:1', deadlineMs: 200 });
    await expect(gone.health()).rejects.toMatchObject({
      code: 'server-unreachable',
      why: expect.stringMatching(/ECONNREFUSED|bad port/),
    });
  });

  it('ends when it is told to', async () => {
    const url = await serverOf(() => {});
    const millrace = new MillraceClient({ url, deadlineMs: 60_000 });
    const signal = AbortSignal.timeout(50);
    await expect(millrace.recommend({ userId: 'u' }, { signal })).rejects.toMatchObject({
      code: 'server-unreachable',
    });
  });
});
