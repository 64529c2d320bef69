// Settings of what a process serves: the sinks and endpoints of `run`, and the HTTP interface.
import { z } from 'zod';
import { setting, text, whole, yesNo } from './fields.ts';

export const sinks = z.strictObject({
  clickhouse: setting(yesNo.default(true), {
    description:
      'Let ClickHouse read the topics: the server of `clickhouse.url`, or chDB in this process. `sql`, `ope`, `experiment`, `explain` and the page ask it.',
    flag: '--no-clickhouse',
    unit: '`true` or `false`',
  }),
  sql: setting(yesNo.default(true), {
    description: 'Read-only SQL over HTTP, in the ClickHouse dialect.',
    flag: '--no-sql',
    unit: '`true` or `false`',
  }),
  page: setting(yesNo.default(true), {
    description: 'The page on which the loop is watched.',
    flag: '--no-page',
    unit: '`true` or `false`',
  }),
  api: setting(yesNo.default(true), {
    description: 'Recommendations over HTTP; it needs no ClickHouse.',
    flag: '--no-api',
    unit: '`true` or `false`',
  }),
});

/** Settings of the HTTP interface. */
export const api = z.strictObject({
  port: setting(whole(1, 65_535).default(8090), {
    description: 'Recommendations over HTTP. A taken port is stepped over.',
    flag: '--api-port',
    unit: 'port',
  }),
  tokensFile: setting(text.optional(), {
    description:
      'The file of tokens that `millrace token` keeps, hashed. Without a token in it this machine alone is answered.',
    unit: 'path',
    isPath: true,
    unset: '`tokens.json` in the data directory',
  }),
  bodyBytes: setting(whole(1_000, 100_000_000).default(4_000_000), {
    description: 'Largest body of a request.',
    unit: 'bytes, 1 000 to 100 000 000',
  }),
  batchRows: setting(whole(1, 100_000).default(1_000), {
    description: 'Largest number of events or items in one request.',
    unit: '1 to 100 000',
  }),
  ratePerSecond: setting(whole(1, 1_000_000).default(2_000), {
    description: 'Requests in a second by one token; without tokens, by one address.',
    unit: '1 to 1 000 000',
  }),
  concurrency: setting(whole(1, 100_000).default(256), {
    description: 'Requests that are answered at once; a further one is refused with 429.',
    unit: '1 to 100 000',
  }),
  deadlineMs: setting(whole(1, 60_000).default(5_000), {
    description: 'Time that an answer may take where a request names none by `x-deadline-ms`.',
    unit: 'ms, 1 to 60 000',
  }),
  advertised: setting(text.optional(), {
    description:
      'Address at which other members hand on what this one can answer, such as `http://10.0.0.7:8081`.',
    unit: 'URL',
    unset: 'the address on which it listens',
  }),
  fallbackAfterMs: setting(whole(0, 60_000).default(1_000), {
    description:
      'Time after which a request that no member has decided is answered with what is popular, and not logged; 0 for never.',
    unit: 'ms, 0 to 60 000',
  }),
});
