// The OpenAPI document of the HTTP interface, as docs/openapi.json keeps it and `/v1/openapi.json` serves it.
import { pino } from 'pino';
import type { Ports } from '../../infra/http/api/ports.ts';
import { buildApi } from '../../infra/http/api/server.ts';
import { readConfig } from '../config/read.ts';
import { routesOf } from './open.ts';

const nobody = () => Promise.reject(new Error('it documents routes, and answers none'));

/** The document with every route there is, of the limits that hold without configuration. */
export async function openApiDocument(): Promise<Record<string, unknown>> {
  const { api, border, errors } = readConfig({}, { folder: null });
  const ports: Ports = { recommend: nobody, feedback: nobody, items: nobody, explain: nobody };
  const routes = routesOf(ports, {
    border,
    latest: () => Number.POSITIVE_INFINITY,
    maxRecordBytes: errors.maxRecordBytes,
    bytesOf: () => 0,
    batchRows: api.batchRows,
    rules: { all: nobody, put: nobody, remove: nobody },
    health: nobody,
  });
  const app = await buildApi({
    routes,
    limits: api,
    tokensFile: '',
    log: pino({ level: 'silent' }),
    host: '127.0.0.1',
    port: 0,
  });
  await app.ready();
  const document = app.swagger() as unknown as Record<string, unknown>;
  await app.close();
  return document;
}
