// What a client asks for over HTTP: the query, its parameters and settings, and the form of the answer.
import type { FastifyRequest } from 'fastify';
import { refuse } from '../../clickhouse/guard/refuse.ts';
import { decoded, framesDecoded } from './content.ts';

export interface SqlRequest {
  /** Empty if there is none. */
  query: string;
  params: Record<string, string>;
  /** Settings of the engine, as they were sent. */
  settings: Record<string, string>;
  database: string | undefined;
  /** Format of the answer if the query names none. */
  format: string;
  queryId: string | undefined;
  /** Name that the client gives; nobody asks for a password. */
  user: string;
  /** Version of the client's protocol, by which the Native format is written. @default 0 */
  protocol: number;
  /** Whether the answer comes in ClickHouse's frames, and by which method. */
  frames: string | undefined;
  /** Content codings that the client takes; empty if it takes none. */
  codings: string;
}

/** Names of the address that are no settings. */
const ownNames = new Set(
  `query database default_format query_id user password compress decompress client_protocol_version`.split(
    ' ',
  ),
);

/** @param most bytes that a body may hold, unpacked
 * @throws refusals 73, 271, 307 and 36 */
export async function readRequest(request: FastifyRequest, most: number): Promise<SqlRequest> {
  const named = new URL(request.url, 'http://local').searchParams;
  const header = (name: string) => {
    const value = request.headers[name];
    return Array.isArray(value) ? value[0] : value;
  };
  const form = /^multipart\/form-data/i.test(header('content-type') ?? '');
  let body: Buffer = await decoded(request.body, header('content-encoding'), most);
  if (isOn(named.get('decompress'))) body = await framesDecoded(body, most);
  if (form) await addFields(named, body, header('content-type') ?? '');
  const format = named.get('default_format') ?? header('x-clickhouse-format') ?? 'TabSeparated';
  if (!/^[A-Za-z0-9]+$/.test(format)) refuse('UNKNOWN_FORMAT', 'Unknown format');
  const params: Record<string, string> = {};
  const settings: Record<string, string> = {};
  for (const [name, value] of named) {
    if (name.startsWith('param_')) params[name.slice('param_'.length)] = value;
    else if (!ownNames.has(name)) settings[name] = value;
  }
  const wantsCoding = isOn(settings.enable_http_compression ?? '1');
  const frames = settings.network_compression_method ?? 'LZ4';
  return {
    query: [named.get('query') ?? '', form ? '' : body.toString('utf8')].filter(Boolean).join('\n'),
    params,
    settings,
    database: named.get('database') ?? header('x-clickhouse-database'),
    format,
    queryId: named.get('query_id') ?? header('x-clickhouse-query-id'),
    user: named.get('user') ?? header('x-clickhouse-user') ?? basicUser(header('authorization')),
    protocol: Number(named.get('client_protocol_version') ?? 0) || 0,
    frames: isOn(named.get('compress')) ? frames.toUpperCase() : undefined,
    codings: wantsCoding ? (header('accept-encoding') ?? '') : '',
  };
}

const isOn = (value: string | null) => value === '1' || value === 'true';

function basicUser(authorization: string | undefined): string {
  const [, encoded = ''] = /^Basic (\S+)$/i.exec(authorization ?? '') ?? [];
  return Buffer.from(encoded, 'base64').toString('utf8').split(':')[0] || 'default';
}

/** Fields of a form are as names of the address; a file would be a table of the client's own. */
async function addFields(named: URLSearchParams, body: Buffer, type: string): Promise<void> {
  const headers = { 'content-type': type };
  const form = await new Response(new Uint8Array(body), { headers }).formData().catch(() => {
    return refuse('BAD_ARGUMENTS', 'The body is not the multipart form that Content-Type says');
  });
  for (const [name, value] of form) {
    if (typeof value !== 'string')
      refuse('NOT_IMPLEMENTED', `External tables are not taken here (${name}); use a parameter`);
    named.append(name, value);
  }
}
