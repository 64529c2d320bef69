// What the HTTP interface tells of itself: its series, and the context of a trace that it takes and passes on.
import { describe, expect, it } from '@jest/globals';
import { Registry } from 'prom-client';
import type { Call } from '../../../infra/http/api/ports.ts';
import { apiSeries } from '../../../infra/metrics/serving-series.ts';
import { serve } from '../../support/served-memory-api.ts';

const context = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

describe('an answer', () => {
  it('is counted by address and status, and timed; series are there before', async () => {
    const registry = new Registry();
    const { answered, seconds, rejected } = apiSeries(registry, ['/v1/recommend', '/v1/items']);
    const api = await serve({
      limits: { ratePerSecond: 2 },
      server: {
        onAnswered(route, status, took) {
          answered.inc({ route, status: String(status) });
          seconds.observe({ route }, took);
        },
        onRejected: (limit) => rejected.inc({ limit }),
      },
    });
    const before = await registry.metrics();
    expect(before).toContain('millrace_http_requests_total{route="/v1/items",status="200"} 0');
    expect(before).toContain('millrace_http_rejected_requests_total{limit="concurrency"} 0');
    expect(before).toContain('millrace_http_request_seconds_count{route="/v1/recommend"} 0');
    await api.post('/v1/recommend', { userId: 'u', k: 1 });
    await api.post('/v1/recommend', { userId: 'u', k: -1 });
    await api.get('/v1/explain/served-none');
    await api.post('/v1/recommend', { userId: 'u', k: 1 });
    await api.get('/v1/nowhere');
    const text = await registry.metrics();
    for (const [status, n] of [
      ['200', 1],
      ['422', 1],
      ['429', 1],
    ]) {
      expect(text).toContain(
        `millrace_http_requests_total{route="/v1/recommend",status="${status}"} ${n}`,
      );
    }
    expect(text).toContain('millrace_http_request_seconds_count{route="/v1/recommend"} 3');
    expect(text).toContain('millrace_http_rejected_requests_total{limit="rate"} 1');
    // What is asked for in a path is no label: nobody makes series by asking.
    expect(text).not.toMatch(/nowhere|served-none/);
  });

  it('carries the context of its call to the streams; what cannot be read is none', async () => {
    const calls: Call[] = [];
    const items = async (_changes: unknown, call: Call) => void calls.push(call);
    const api = await serve({ ports: { items } });
    const send = (traceparent: string) =>
      api.post('/v1/items', { items: [{ itemId: 'a', title: 'A' }] }, { traceparent });
    const given = [context, `01${context.slice(2)}-more`, 'nonsense', `${context} x`, ''];
    for (const one of given) expect((await send(one)).status).toBe(200);
    expect(calls.map(({ traceParent }) => traceParent)).toEqual([
      ...[given[0], given[1]],
      ...[undefined, undefined, undefined],
    ]);
  });
});
