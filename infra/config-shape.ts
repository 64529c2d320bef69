// What each setting is, its unit and its default.
import { z } from 'zod';
import { roles } from '../models/llm/roles.ts';
import { defaultErrorPolicy } from './kafka/errors-policy.ts';
import { defaultTiming } from './kafka/timing.ts';

const address = z
  .string()
  .refine(
    (text) => URL.canParse(text) && /^https?:/.test(text),
    'an http or https address is wanted',
  )
  .transform((text) => text.replace(/\/+$/, ''));

const hostPort = z
  .string()
  .regex(
    /^(\[[0-9a-fA-F:]+\]|[^\s:,]+):\d{1,5}$/,
    'host:port is wanted, several separated by commas',
  );

const hostPorts = z
  .string()
  .transform((text) =>
    text
      .split(',')
      .map((part) => part.trim())
      .filter(Boolean),
  )
  .pipe(z.array(hostPort).min(1, 'host:port is wanted'));

const yesNo = z
  .union([z.boolean(), z.enum(['true', 'false', '1', '0', 'yes', 'no'], 'true or false is wanted')])
  .transform((value) => value === true || ['true', '1', 'yes'].includes(String(value)));

const whole = (least: number, most: number) =>
  z.coerce
    .number(`a whole number from ${least} to ${most} is wanted`)
    .int(`a whole number from ${least} to ${most} is wanted`)
    .min(least, `${least} is the least`)
    .max(most, `${most} is the most`);

/** Basic authentication. */
const login = z.object({ username: z.string(), password: z.string() }).readonly();

const kafka = z.object({
  /** Bootstrap addresses. KAFKA_BROKERS, `host:port`, separated by commas. */
  brokers: hostPorts,
  /** TLS to the brokers. KAFKA_SSL. @default false */
  ssl: yesNo.default(false),
  /** KAFKA_SASL_MECHANISM, _USERNAME, _PASSWORD. @default no authentication */
  sasl: z
    .object({
      /** @default 'plain' */
      mechanism: z
        .string()
        .default('plain')
        .transform((text) => text.toLowerCase())
        .pipe(
          z.enum(
            ['plain', 'scram-sha-256', 'scram-sha-512'],
            'plain, scram-sha-256 or scram-sha-512 is wanted',
          ),
        ),
      username: z.string('a user name is wanted beside the mechanism'),
      password: z.string('a password is wanted beside the user name'),
    })
    .optional(),
});

const registry = z.object({
  /** Base of a Confluent-compatible API. SCHEMA_REGISTRY_URL. */
  url: address,
  /** SCHEMA_REGISTRY_USERNAME, SCHEMA_REGISTRY_PASSWORD. @default none */
  login: login.optional(),
});

const clickhouse = z.object({
  /** HTTP interface. CLICKHOUSE_URL. */
  url: address,
  /** CLICKHOUSE_USERNAME, CLICKHOUSE_PASSWORD. @default none */
  login: login.optional(),
  /** The brokers as ClickHouse sees them. CLICKHOUSE_KAFKA_BROKERS. @default KAFKA_BROKERS */
  kafkaBrokers: hostPorts.optional(),
  /** The registry as ClickHouse sees it. CLICKHOUSE_SCHEMA_REGISTRY_URL. @default SCHEMA_REGISTRY_URL */
  schemaRegistryUrl: address.optional(),
});

const skipOrHalt = z.enum(['skip', 'halt'], 'skip or halt is wanted');

/** What is done with what goes wrong: fields of the ErrorPolicy of infra/kafka. */
const policy = z.object({
  /** ON_UNDECODABLE_RECORD. @default 'skip' */
  undecodable: skipOrHalt.default(defaultErrorPolicy.undecodable),
  /** ON_POISON_RECORD. @default 'halt' */
  poison: skipOrHalt.default(defaultErrorPolicy.poison),
  /** ON_OVERSIZED_RECORD. @default 'halt' */
  oversized: skipOrHalt.default(defaultErrorPolicy.oversized),
  /** Bytes of key and value. MAX_RECORD_BYTES. @default 1_000_000 */
  maxRecordBytes: whole(10_000, 100_000_000).default(defaultErrorPolicy.maxRecordBytes),
  /** Failures in a row. RETRIES. @default 20 */
  retries: whole(0, 1_000_000).default(defaultErrorPolicy.retries),
  /** STUCK_AFTER_MS. @default 300_000 */
  stuckAfterMs: whole(1_000, 86_400_000).default(defaultErrorPolicy.stuckAfterMs),
});

export const configShape = z.object({
  /** Undefined: the embedded broker. */
  kafka: kafka.optional(),
  /** Undefined: the embedded registry. */
  registry: registry.optional(),
  /** Undefined: chDB in this process. */
  clickhouse: clickhouse.optional(),
  llm: z.object({
    /** Path of a GGUF file or `hf:` address. LLM_MODEL. Undefined: SmolLM2-135M-Instruct, fetched. */
    model: z.string().optional(),
    /** Models that roles have of their own, by `RoleDef.variable` (LLM_MODEL_POLICY and so on). @default LLM_MODEL */
    roles: z.partialRecord(z.enum(roles.names), z.string()).default({}),
  }),
  /** Put before every topic, subject and consumer group. TOPIC_PREFIX. @default '' */
  topicPrefix: z
    .string()
    .regex(/^[A-Za-z0-9._-]{0,100}$/, 'letters, digits, dot, dash and underscore only')
    .default(''),
  /** All state. --data-dir, MILLRACE_DATA_DIR. @default .millrace in the project */
  dataDir: z.string(),
  /** Where the stores of the stages live. STATE_STORE, memory or lmdb (in dataDir). @default 'memory' */
  stateStore: z.enum(['memory', 'lmdb'], 'memory or lmdb is wanted').default('memory'),
  policy,
  /**
   * A process that was not heard of for so long loses its partitions, ms. SESSION_TIMEOUT_MS.
   * @default 10_000
   */
  sessionTimeoutMs: whole(1_000, 1_800_000).default(defaultTiming.sessionTimeoutMs),
  /** Downloaded jars and model. MILLRACE_PARTS. @default .millrace/parts in the project */
  partsDir: z.string(),
  /** Interface to listen on. --host, MILLRACE_HOST. @default 127.0.0.1 */
  host: z.string().default('127.0.0.1'),
  /** Dashboard. --port, MILLRACE_PORT. @default 8080 */
  port: whole(1, 65_535).default(8080),
  /** SQL over HTTP, in the ClickHouse dialect. --sql-port, MILLRACE_SQL_PORT. @default 8123 */
  sqlPort: whole(1, 65_535).default(8123),
  /** Partitions of every topic made. --partitions, MILLRACE_PARTITIONS. @default 1 */
  partitions: whole(1, 1000).default(1),
  /** Seed of every draw. --seed, MILLRACE_SEED, a 32-bit unsigned number. @default 1 */
  seed: whole(0, 4_294_967_295).default(1),
});

export type Config = Readonly<z.infer<typeof configShape>>;

/** What the command line can set; strings are parsed like the environment's. */
export interface Flags {
  dataDir?: string | undefined;
  host?: string | undefined;
  port?: string | number | undefined;
  sqlPort?: string | number | undefined;
  partitions?: string | number | undefined;
  seed?: string | number | undefined;
}
