import { EventEmitter, once } from 'node:events';
import { request, type ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { startEvents } from '../../infra/http/events.ts';
import { Hub } from '../../infra/http/hub.ts';
import type { Listening } from '../../infra/http/listen.ts';
import { type DashboardOptions, serveDashboard } from '../../infra/http/server.ts';
import type { DashboardState } from '../../infra/http/state.ts';
import { fakeState } from './fake-state.ts';
import { openStream } from './stream.ts';

const open: Listening[] = [];

async function serve(options: Partial<DashboardOptions> = {}): Promise<string> {
  const server = await serveDashboard({
    state: async () => fakeState(),
    port: 0,
    everyMs: 5,
    ...options,
  });
  open.push(server);
  return server.url;
}

afterEach(async () => {
  for (const server of open.splice(0)) await server[Symbol.asyncDispose]();
});

/** A GET whose headers, Host too, are as given; `fetch` would not let them through. */
async function get(url: string, headers: Record<string, string>): Promise<number | undefined> {
  const sent = request(url, { headers }).end();
  const [response] = await once(sent, 'response');
  response.resume();
  return response.statusCode;
}

describe('the dashboard as HTTP', () => {
  it('serves the page, the chart library, health and the state', async () => {
    const url = await serve();
    const page = await fetch(url);
    expect(page.headers.get('content-type')).toMatch('text/html');
    expect((await fetch(`${url}/vendor/uPlot.esm.js`)).status).toBe(200);
    expect(await (await fetch(`${url}/health`)).json()).toEqual({ status: 'ok' });
    const state = (await (await fetch(`${url}/api/state`)).json()) as DashboardState;
    expect(state).toEqual(JSON.parse(JSON.stringify(fakeState())));
    for (const path of ['/%2e%2e/server.ts', '/vendor/..%2f..%2fpackage.json']) {
      expect(await get(`${url}${path}`, {})).toBeGreaterThanOrEqual(400);
    }
  });

  it('allows the page its own files only, and other origins nothing', async () => {
    const { headers } = await fetch(await serve(), { headers: { origin: 'http://evil.example' } });
    expect(headers.get('content-security-policy')).toMatch(/^default-src 'self';/);
    expect(headers.get('content-security-policy')).not.toMatch(/unsafe|http|\*/);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('access-control-allow-origin')).toBeNull();
  });

  it('answers to loopback names only, as a rebound name would reach it too', async () => {
    const url = await serve();
    for (const host of ['localhost', '127.0.0.1:1', '[::1]:8080', 'LOCALHOST.:80']) {
      expect(await get(`${url}/api/state`, { host })).toBe(200);
    }
    for (const host of ['evil.example', '127.0.0.1.evil.example', '10.0.0.1', 'localhost@evil']) {
      expect(await get(`${url}/api/state`, { host })).toBe(421);
      expect(await get(url, { host })).toBe(421);
    }
    expect(await get(`${url}/events`, { 'sec-fetch-site': 'cross-site' })).toBe(403);
  });

  it('answers to addresses and given names when it is bound elsewhere', async () => {
    const port = new URL(await serve({ host: '0.0.0.0', names: ['board.example'] })).port;
    const url = `http://127.0.0.1:${port}/health`;
    expect(await get(url, { host: '10.0.0.1:80' })).toBe(200);
    expect(await get(url, { host: 'board.example' })).toBe(200);
    for (const host of ['millrace', 'millrace.shop.svc.cluster.local', 'millrace.shop.svc'])
      expect([host, await get(url, { host })]).toEqual([host, 200]);
    expect(await get(url, { host: 'evil.example' })).toBe(421);
  });

  it('steps over a port that is taken, and says so when it cannot listen', async () => {
    const first = Number(new URL(await serve()).port);
    const second = Number(new URL(await serve({ port: first })).port);
    expect(second).toBeGreaterThan(first);
    await expect(serve({ host: '192.0.2.1' })).rejects.toMatchObject({ code: 'dashboard-port' });
  });

  it('tells of a state that cannot be had', async () => {
    const url = await serve({ state: () => Promise.reject(new Error('no engine')) });
    const answer = await fetch(`${url}/api/state`);
    expect(answer.status).toBe(503);
    expect(await answer.json()).toMatchObject({ code: 'state-unavailable' });
    const stream = await openStream(url);
    expect(await stream.next()).toEqual({ event: 'trouble', data: '{"error":"Error: no engine"}' });
    stream.close();
  });
});

describe('the live stream', () => {
  it('begins with the state and then sends only what changed, with heartbeats between', async () => {
    let state = fakeState(0);
    const url = await serve({ state: async () => state, heartbeatMs: 10 });
    const stream = await openStream(url);
    expect(stream.response.headers['content-type']).toMatch('text/event-stream');
    expect(stream.response.headers['content-security-policy']).toBeDefined();
    const seen = [await stream.next()];
    while (seen.at(-1)?.event !== 'heartbeat') seen.push(await stream.next());
    expect((await stream.next()).event).toBe('heartbeat');
    state = fakeState(1);
    let next = await stream.next();
    while (next.event === 'heartbeat') next = await stream.next();
    expect(next.event).toBe('state');
    expect(JSON.parse(next.data).live.seconds).toBe(state.live.seconds);
    expect((await stream.next()).event).toBe('heartbeat');
    stream.close();
  });

  it('does not ask for the state while nobody listens', async () => {
    jest.useFakeTimers();
    try {
      let asked = 0;
      const state = async () => fakeState(++asked);
      const hub = new Hub();
      const stop = startEvents({ state, hub, everyMs: 1_000, heartbeatMs: 60_000 });
      const asksWithin = async (ms: number) => {
        const before = asked;
        await jest.advanceTimersByTimeAsync(ms);
        return asked - before;
      };
      expect(await asksWithin(10_000)).toBe(0);
      const reader = new EventEmitter() as ServerResponse;
      reader.write = () => true;
      hub.add(reader);
      expect(await asksWithin(10_000)).toBe(10);
      reader.emit('close');
      expect(await asksWithin(10_000)).toBe(0);
      stop();
    } finally {
      jest.useRealTimers();
    }
  });

  it('takes a bounded number of readers, and another when one leaves', async () => {
    const url = await serve({ maxClients: 2 });
    const first = await openStream(url);
    const second = await openStream(url);
    expect((await fetch(`${url}/events`)).status).toBe(503);
    first.close();
    let third = await openStream(url);
    while (third.response.statusCode !== 200) third = await openStream(url);
    expect((await third.next()).event).toBe('state');
    second.close();
    third.close();
  });

  it('drops a reader that takes nothing, so that its place is free again', async () => {
    let tick = 0;
    const state = async () => {
      const next = fakeState(tick++);
      next.live.phase = 'x'.repeat(1_000_000);
      return next;
    };
    const url = await serve({ state, everyMs: 1, maxMissed: 3, maxClients: 1 });
    const stuck = connect(Number(new URL(url).port), '127.0.0.1').on('error', () => {});
    await once(stuck, 'connect');
    stuck.write('GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n');
    await once(stuck, 'readable');
    let stream = await openStream(url);
    expect(stream.response.statusCode).toBe(503);
    while (stream.response.statusCode !== 200) stream = await openStream(url);
    expect((await stream.next()).event).toBe('state');
    stream.close();
    stuck.destroy();
  });

  it('ends its streams when it closes', async () => {
    const server = await serveDashboard({ state: async () => fakeState(), port: 0 });
    const stream = await openStream(server.url);
    expect((await stream.next()).event).toBe('state');
    await server[Symbol.asyncDispose]();
    await expect(stream.next()).rejects.toThrow();
    await expect(fetch(server.url)).rejects.toThrow();
  });
});
