// Everything that can be set, read once from the environment and the command line, then frozen.
// A flag wins over the environment, and the environment over the default.
import { join, resolve } from 'node:path';
import type { z } from 'zod';
import { roles } from '../models/llm/roles.ts';
import { MillraceError } from '../schemas/errors.ts';
import { type Config, configShape, type Flags } from './config-shape.ts';
import { home } from './own-file.ts';

export type { Config, Flags } from './config-shape.ts';

type Env = Record<string, string | undefined>;

/** @throws MillraceError `config-invalid`, naming every setting that cannot be used */
export function readConfig(env: Env = process.env, flags: Flags = {}): Config {
  // An empty variable counts as one that is not set.
  const set = (name: string) => env[name]?.trim() || undefined;
  const login = (user: string, password: string) =>
    set(user) && { username: set(user), password: set(password) ?? '' };
  const parsed = configShape.safeParse({
    kafka: set('KAFKA_BROKERS') && {
      brokers: set('KAFKA_BROKERS'),
      ssl: set('KAFKA_SSL'),
      sasl: (set('KAFKA_SASL_MECHANISM') ?? set('KAFKA_SASL_USERNAME')) && {
        mechanism: set('KAFKA_SASL_MECHANISM'),
        username: set('KAFKA_SASL_USERNAME'),
        password: set('KAFKA_SASL_PASSWORD'),
      },
    },
    registry: set('SCHEMA_REGISTRY_URL') && {
      url: set('SCHEMA_REGISTRY_URL'),
      login: login('SCHEMA_REGISTRY_USERNAME', 'SCHEMA_REGISTRY_PASSWORD'),
    },
    clickhouse: set('CLICKHOUSE_URL') && {
      url: set('CLICKHOUSE_URL'),
      login: login('CLICKHOUSE_USERNAME', 'CLICKHOUSE_PASSWORD'),
      kafkaBrokers: set('CLICKHOUSE_KAFKA_BROKERS'),
      schemaRegistryUrl: set('CLICKHOUSE_SCHEMA_REGISTRY_URL'),
    },
    llm: {
      model: set('LLM_MODEL'),
      roles: roles.modelsIn(env),
    },
    topicPrefix: set('TOPIC_PREFIX'),
    dataDir: resolve(flags.dataDir ?? set('MILLRACE_DATA_DIR') ?? join(home, '.millrace')),
    stateStore: set('STATE_STORE'),
    policy: {
      undecodable: set('ON_UNDECODABLE_RECORD'),
      poison: set('ON_POISON_RECORD'),
      oversized: set('ON_OVERSIZED_RECORD'),
      maxRecordBytes: set('MAX_RECORD_BYTES'),
      retries: set('RETRIES'),
      stuckAfterMs: set('STUCK_AFTER_MS'),
    },
    sessionTimeoutMs: set('SESSION_TIMEOUT_MS'),
    partsDir: resolve(set('MILLRACE_PARTS') ?? join(home, '.millrace', 'parts')),
    host: flags.host ?? set('MILLRACE_HOST'),
    port: flags.port ?? set('MILLRACE_PORT'),
    sqlPort: flags.sqlPort ?? set('MILLRACE_SQL_PORT'),
    partitions: flags.partitions ?? set('MILLRACE_PARTITIONS'),
    seed: flags.seed ?? set('MILLRACE_SEED'),
  });
  if (!parsed.success) throw invalid(parsed.error);
  return deepFreeze(parsed.data);
}

/** Environment variable or flag behind a path of the shape, for the reader of an error. */
const NAMES: Record<string, string> = {
  'kafka.brokers': 'KAFKA_BROKERS',
  'kafka.ssl': 'KAFKA_SSL',
  'kafka.sasl.mechanism': 'KAFKA_SASL_MECHANISM',
  'kafka.sasl.username': 'KAFKA_SASL_USERNAME',
  'kafka.sasl.password': 'KAFKA_SASL_PASSWORD',
  'registry.url': 'SCHEMA_REGISTRY_URL',
  'clickhouse.url': 'CLICKHOUSE_URL',
  'clickhouse.kafkaBrokers': 'CLICKHOUSE_KAFKA_BROKERS',
  'clickhouse.schemaRegistryUrl': 'CLICKHOUSE_SCHEMA_REGISTRY_URL',
  topicPrefix: 'TOPIC_PREFIX',
  stateStore: 'STATE_STORE',
  'policy.undecodable': 'ON_UNDECODABLE_RECORD',
  'policy.poison': 'ON_POISON_RECORD',
  'policy.oversized': 'ON_OVERSIZED_RECORD',
  'policy.maxRecordBytes': 'MAX_RECORD_BYTES',
  'policy.retries': 'RETRIES',
  'policy.stuckAfterMs': 'STUCK_AFTER_MS',
  sessionTimeoutMs: 'SESSION_TIMEOUT_MS',
  port: '--port',
  sqlPort: '--sql-port',
  partitions: '--partitions',
  seed: '--seed',
};

function invalid(error: z.ZodError): MillraceError {
  const problems = error.issues.map((issue) => {
    const path = issue.path.filter((step) => typeof step === 'string').join('.');
    return `${NAMES[path] ?? path}: ${issue.message}`;
  });
  return new MillraceError({
    code: 'config-invalid',
    what: 'A setting cannot be used.',
    why: problems.join('\n  '),
    todo: 'Correct it in the environment or on the command line; infra/config-shape.ts lists all.',
  });
}

function deepFreeze<T extends object>(value: T): T {
  for (const inner of Object.values(value)) {
    if (inner && typeof inner === 'object') deepFreeze(inner);
  }
  return Object.freeze(value);
}

/** A copy fit for logs and screens: passwords are replaced, also those inside addresses. */
export function redacted(config: Config): unknown {
  return JSON.parse(
    JSON.stringify(config, (key, value: unknown) => {
      if (key === 'password' && value) return '***';
      if (typeof value !== 'string') return value;
      return value
        .replace(/(\w+:\/\/)[^/@\s]*@/g, '$1***@')
        .replace(/([?&][^=&]*(?:pass|token|secret|key)[^=&]*=)[^&]*/gi, '$1***');
    }),
  );
}
