import { once } from 'node:events';
import { request } from 'node:http';
import { afterEach, describe, expect, it } from '@jest/globals';
import { serveOperations } from '../../infra/http/operations.ts';
import { serveDashboard } from '../../infra/http/server.ts';
import { PrometheusMetrics } from '../../infra/metrics/prometheus.ts';
import { parseExposition } from '../metrics/exposition.ts';
import { fakeState } from './fake-state.ts';

const open: AsyncDisposable[] = [];

afterEach(async () => {
  for (const one of open.splice(0)) await one[Symbol.asyncDispose]();
});

function operationsOf(metrics: PrometheusMetrics) {
  return { registry: metrics.registry, readiness: () => metrics.tasks.readiness() };
}

const metricsOf = () => new PrometheusMetrics({ stages: ['serve'], lags: async () => [] });

async function serve(metrics = metricsOf(), host = '127.0.0.1'): Promise<string> {
  const server = await serveOperations(operationsOf(metrics), { host, port: 9464 });
  open.push(server);
  return server.url;
}

/** A GET whose Host header is as given. */
async function statusOf(url: string, host: string): Promise<number | undefined> {
  const [response] = await once(request(url, { headers: { host } }).end(), 'response');
  response.resume();
  return response.statusCode;
}

describe('the operations endpoint', () => {
  it('serves the metrics in the text format', async () => {
    const metrics = metricsOf();
    metrics.skipped('serve', 'click-late');
    const answer = await fetch(`${await serve(metrics)}/metrics`);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    const families = parseExposition(await answer.text());
    const skipped = families.get('millrace_records_skipped_total')?.samples ?? [];
    expect(skipped.filter(({ value }) => value > 0)).toEqual([
      {
        name: 'millrace_records_skipped_total',
        labels: { stage: 'serve', code: 'click-late' },
        value: 1,
      },
    ]);
  });

  it('lives before it is ready, and says what it waits for', async () => {
    const metrics = metricsOf();
    const url = await serve(metrics);
    const health = await fetch(`${url}/health`);
    expect([health.status, await health.json()]).toEqual([200, { status: 'ok' }]);
    const early = await fetch(`${url}/ready`);
    expect(early.status).toBe(503);
    expect(await early.json()).toEqual({
      ready: false,
      reasons: ['the tables are not read to their ends yet', 'serve waits for its group'],
    });
    metrics.tasks.begun();
    metrics.taskState('serve', 0, 'running');
    const ready = await fetch(`${url}/ready`);
    expect([ready.status, await ready.json()]).toEqual([200, { ready: true, reasons: [] }]);
  });

  it('steps over a port that is taken, and says so when it cannot listen', async () => {
    const first = Number(new URL(await serve()).port);
    expect(Number(new URL(await serve()).port)).toBeGreaterThan(first);
    await expect(serve(metricsOf(), '192.0.2.1')).rejects.toMatchObject({
      code: 'dashboard-port',
      message: expect.stringContaining('The operations endpoint cannot listen'),
    });
  });

  it('answers to loopback names only, and to any name once it is bound elsewhere', async () => {
    const local = await serve();
    expect(await statusOf(`${local}/metrics`, 'localhost:1')).toBe(200);
    expect(await statusOf(`${local}/metrics`, 'evil.example')).toBe(421);
    const { port } = new URL(await serve(metricsOf(), '0.0.0.0'));
    expect(await statusOf(`http://127.0.0.1:${port}/metrics`, 'millrace.metrics.svc')).toBe(200);
  });
});

describe('the operations of the dashboard', () => {
  it('stand beside the page, where there are any', async () => {
    const state = async () => fakeState();
    const plain = await serveDashboard({ state, port: 0 });
    open.push(plain);
    expect((await fetch(`${plain.url}/metrics`)).status).toBe(404);
    const server = await serveDashboard({ state, port: 0, operations: operationsOf(metricsOf()) });
    open.push(server);
    const text = await (await fetch(`${server.url}/metrics`)).text();
    expect(parseExposition(text).has('millrace_task_state')).toBe(true);
    expect((await fetch(`${server.url}/ready`)).status).toBe(503);
    expect((await fetch(`${server.url}/health`)).status).toBe(200);
    expect(await statusOf(`${server.url}/metrics`, 'evil.example')).toBe(421);
  });
});
