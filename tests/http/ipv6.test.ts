// What listens on an IPv6 address, and a ClickHouse server that is reached at one.
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it } from '@jest/globals';
import { openClickHouse } from '../../infra/clickhouse/open.ts';
import { serveOperations } from '../../infra/http/operations.ts';
import { PrometheusMetrics } from '../../infra/metrics/prometheus.ts';

it('the operations endpoint listens on ::1 and says where', async () => {
  const { registry, tasks } = new PrometheusMetrics({ stages: [], lags: async () => [] });
  const operations = { registry, readiness: () => tasks.readiness() };
  await using served = await serveOperations(operations, { host: '::1', port: 19_700 });
  expect(served.url).toMatch(/^http:\/\/\[::1\]:\d+$/);
  expect((await fetch(`${served.url}/metrics`)).status).toBe(200);
});

it('a ClickHouse server is asked at an address in brackets', async () => {
  const queries: string[] = [];
  const server = createServer(async (question, answer) => {
    let text = '';
    for await (const chunk of question) text += chunk;
    queries.push(text);
    answer.end();
  });
  server.listen(0, '::1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await using warehouse = await openClickHouse({ path: '', url: `http://[::1]:${port}` });
  expect(warehouse.kind).toBe('server');
  expect(queries[0]).toContain('create database');
  server.closeAllConnections();
  server.close();
});
