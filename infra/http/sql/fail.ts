// Errors as ClickHouse sends them over HTTP.
import type { FastifyReply } from 'fastify';
import { codeIn, statusOf } from './dialect.ts';

/** Most bytes of a request's body, as sent and unpacked. */
export const bodyLimit = 1_048_576;

/** @param version of the engine, with which its messages end */
export function fail(
  reply: FastifyReply,
  error: Error & { statusCode?: number },
  version: string,
): FastifyReply {
  const text =
    error.statusCode === 413
      ? `Code: 307. DB::Exception: The query is longer than ${bodyLimit} bytes. (QUERY_IS_TOO_LARGE)`
      : once(error.message);
  const code = codeIn(text);
  const whole = code > 0 && /^Code: \d+/.test(text) ? text : `Code: 1002. DB::Exception: ${text}`;
  return reply
    .code(statusOf(code))
    .removeHeader('Content-Encoding')
    .header('X-ClickHouse-Exception-Code', String(code))
    .type('text/plain; charset=UTF-8')
    .send(`${whole}${whole.includes('(version ') ? '' : ` (version ${version})`}\n`);
}

/** The engine in this process says its code twice where the query failed in one of its threads. */
const once = (message: string) =>
  message
    .replace(
      /^Code: (\d+)\. DB::Exception: Code: \1\. DB::Exception: /,
      'Code: $1. DB::Exception: ',
    )
    .replace(/(\(([A-Z_]+)\)) \(version [^()]*(?:\([^()]*\))?\)\. \(\2\)$/, '$1');
