// Everything that can be set: one schema, which reads millrace.yaml, the environment and the flags, and which
// docs/configuration.md is generated from.
import { z } from 'zod';
import { sourcesShape } from '../../datasets/mapping/shape.ts';
import { defaultTiming } from '../../infra/kafka/timing.ts';
import { clickhouse } from './clickhouse.ts';
import { hostNames, oneOf, setting, text, whole } from './fields.ts';
import { errors, kafka, llm, registry, topics } from './platform.ts';
import { recommender } from './recommender.ts';
import { api, sinks } from './serving.ts';
import { tracing } from './tracing.ts';

const port = whole(1, 65_535);

export const schema = z.strictObject({
  ...recommender,
  dataDir: setting(text, {
    description: 'All state: topics, tables, schemas, logs. One process owns it.',
    env: 'MILLRACE_DATA_DIR',
    flag: '--data-dir',
    unit: 'path',
    isPath: true,
    unset: '`.millrace` in the project',
  }),
  partsDir: setting(text, {
    description: 'Downloaded jars and model. Many data directories can share it.',
    env: 'MILLRACE_PARTS',
    unit: 'path',
    isPath: true,
    unset: '`.millrace/parts` in the project',
  }),
  host: setting(text.default('127.0.0.1'), {
    description: 'Interface to listen on, embedded broker and registry included.',
    env: 'MILLRACE_HOST',
    flag: '--host',
    unit: 'address',
  }),
  hostNames: setting(hostNames.default([]), {
    description:
      'Further names by which the page and SQL are reached where `host` is not loopback, such as that of a proxy; addresses, names without a dot and those of a house (`.local`, `.internal`, `.svc`) are answered to anyway.',
    env: 'MILLRACE_HOST_NAMES',
    unit: 'names, separated by commas, or a list',
  }),
  port: setting(port.default(8080), {
    description: 'The page. A taken port is stepped over.',
    env: 'MILLRACE_PORT',
    flag: '--port',
    unit: 'port',
  }),
  sqlPort: setting(port.default(8123), {
    description:
      'Read-only SQL over HTTP, in the ClickHouse dialect. A taken port is stepped over.',
    env: 'MILLRACE_SQL_PORT',
    flag: '--sql-port',
    unit: 'port',
  }),
  seed: setting(whole(0, 4_294_967_295).default(1), {
    description: 'Seed of every draw, and of who gets which variant.',
    env: 'MILLRACE_SEED',
    flag: '--seed',
    unit: '32-bit unsigned number',
  }),
  stateStore: setting(oneOf('memory', 'lmdb').default('memory'), {
    description:
      'Where the stages keep their state: in memory, restored from its changelogs at every start, or in LMDB files under `state` of the data directory, for state larger than memory and restarts that restore only the tail.',
    env: 'STATE_STORE',
    unit: '`memory` or `lmdb`',
  }),
  sessionTimeoutMs: setting(whole(1_000, 1_800_000).default(defaultTiming.sessionTimeoutMs), {
    description:
      'A process that the broker has not heard of for so long loses its partitions to others. Within `group.min.session.timeout.ms` and `group.max.session.timeout.ms` of the broker.',
    env: 'SESSION_TIMEOUT_MS',
    unit: 'ms, 1 000 to 1 800 000',
  }),
  sources: setting(sourcesShape.default([]), {
    description: 'Events of your own, in files and topics, and what each row of them says.',
    unit: 'list',
    unset: 'none',
  }),
  sinks: sinks.prefault({}),
  api: api.prefault({}),
  tracing: tracing.prefault({}),
  topics: topics.prefault({}),
  errors: errors.prefault({}),
  kafka: kafka.optional(),
  registry: registry.optional(),
  clickhouse: clickhouse.optional(),
  llm: llm.prefault({}),
});

/** The values as they are read, before settings that follow from others are filled in. */
export type Parsed = z.output<typeof schema>;
