// Settings of the parts: Kafka, schema registry, language model, topics, and what is done with
// what goes wrong.
import { z } from 'zod';
import { defaultErrorPolicy } from '../../infra/kafka/errors-policy.ts';
import { type Roles, roles } from '../../models/llm/roles.ts';
import { address, hostPorts, oneOf, setting, text, whole, yesNo } from './fields.ts';

const pem = 'path of a PEM file';

const passwordFile = (variable: string) =>
  setting(text.optional(), {
    description: 'A file with the password, which is read at the start.',
    env: `${variable}_PASSWORD_FILE`,
    unit: 'path',
    isPath: true,
    unset: 'none',
  });

export const kafka = z.strictObject({
  brokers: setting(hostPorts, {
    description: 'Bootstrap addresses.',
    env: 'KAFKA_BROKERS',
    unit: '`host:port`, several separated by commas, or a list',
    unset: 'an embedded broker',
  }),
  ssl: setting(yesNo.optional(), {
    description: 'TLS to the brokers.',
    env: 'KAFKA_SSL',
    unit: '`true` or `false`',
    unset: '`true` once a certificate is named, else `false`',
  }),
  sslCa: setting(text.optional(), {
    description: "Certificates of those who sign the brokers' certificates.",
    env: 'KAFKA_SSL_CA',
    unit: pem,
    isPath: true,
    unset: 'those that Node trusts',
  }),
  sslCert: setting(text.optional(), {
    description: 'Certificate of this client, for brokers that ask for one (mutual TLS).',
    env: 'KAFKA_SSL_CERT',
    unit: pem,
    isPath: true,
    unset: 'none',
  }),
  sslKey: setting(text.optional(), {
    description: 'The key of that certificate.',
    env: 'KAFKA_SSL_KEY',
    unit: pem,
    isPath: true,
    unset: 'none',
  }),
  sslPassphrase: setting(z.string().optional(), {
    description: 'Passphrase of an encrypted key; best set by its variable.',
    env: 'KAFKA_SSL_PASSPHRASE',
    unit: 'text',
    unset: 'none',
    secret: true,
  }),
  sslPassphraseFile: setting(text.optional(), {
    description: 'A file with that passphrase.',
    env: 'KAFKA_SSL_PASSPHRASE_FILE',
    unit: 'path',
    isPath: true,
    unset: 'none',
  }),
  sasl: z
    .strictObject({
      mechanism: setting(
        z
          .string()
          .default('plain')
          .transform((name) => name.toLowerCase())
          .pipe(oneOf('plain', 'scram-sha-256', 'scram-sha-512')),
        {
          description: 'Authentication.',
          env: 'KAFKA_SASL_MECHANISM',
          unit: '`plain`, `scram-sha-256` or `scram-sha-512`',
          unset: '`plain` once a user name is set',
        },
      ),
      username: setting(z.string('a user name is wanted beside the mechanism'), {
        description: 'With SASL, user name and password are both needed.',
        env: 'KAFKA_SASL_USERNAME',
        unit: 'text',
        unset: 'no authentication',
      }),
      password: setting(z.string('text is wanted').optional(), {
        description: 'Best set by its variable, or by a file.',
        env: 'KAFKA_SASL_PASSWORD',
        unit: 'text',
        unset: 'none',
        secret: true,
      }),
      passwordFile: passwordFile('KAFKA_SASL'),
    })
    .optional(),
});

/** Settings of a part's basic authentication. */
export const login = (part: string, variable: string) =>
  z
    .strictObject({
      username: setting(z.string('a user name is wanted beside the password'), {
        description: `User name of ${part}, by basic authentication.`,
        env: `${variable}_USERNAME`,
        unit: 'text',
        unset: 'no login',
      }),
      password: setting(z.string().default(''), {
        description: 'Its password; best set by its variable.',
        env: `${variable}_PASSWORD`,
        unit: 'text',
        unset: 'empty',
        secret: true,
      }),
      passwordFile: passwordFile(variable),
    })
    .readonly()
    .optional();

export const registry = z.strictObject({
  url: setting(address, {
    description:
      'Base of a Confluent-compatible API; for Apicurio with its path, `/apis/ccompat/v7`.',
    env: 'SCHEMA_REGISTRY_URL',
    unit: 'http(s) address',
    unset: 'an embedded registry',
  }),
  login: login('the registry', 'SCHEMA_REGISTRY'),
  ca: setting(text.optional(), {
    description: "Certificates of those who sign the registry's certificate.",
    env: 'SCHEMA_REGISTRY_CA',
    unit: pem,
    isPath: true,
    unset: 'those that Node trusts',
  }),
});

const modelFile = 'path of a GGUF file, or `hf:user/model:quant`';

/** Settings of the language model; those of the roles follow from the list of roles. */
export const llmOf = <N extends string>({ defs }: Roles<N>) =>
  z.strictObject({
    model: setting(text.optional(), {
      description: 'The language model. A GPU is used where there is one.',
      env: 'LLM_MODEL',
      unit: modelFile,
      isPath: true,
      unset: 'SmolLM2-135M-Instruct, fetched by pip',
    }),
    roles: z
      .strictObject(
        Object.fromEntries(
          defs.map(({ name, doc, variable }) => [
            name,
            setting(text.optional(), {
              description: `A model of its own for the ${name}. ${doc}`,
              env: variable,
              unit: modelFile,
              isPath: true,
              unset: '`llm.model`',
            }),
          ]),
        ) as Record<N, z.ZodOptional<z.ZodString>>,
      )
      .prefault({} as never),
  });

export const llm = llmOf(roles);

export const topics = z.strictObject({
  prefix: setting(
    z
      .string()
      .regex(/^[A-Za-z0-9._-]{0,100}$/, 'letters, digits, dot, dash and underscore only')
      .default(''),
    {
      description:
        'Put before every topic, registry subject, transactional id and named consumer group.',
      env: 'TOPIC_PREFIX',
      unit: 'letters, digits, `.`, `-`, `_`',
      unset: 'empty',
    },
  ),
  partitions: setting(whole(1, 1000).default(1), {
    description: 'Of the topics keyed by user. Cannot change under topics that exist.',
    env: 'MILLRACE_PARTITIONS',
    flag: '--partitions',
    unit: '1 to 1000',
  }),
  replication: setting(whole(1, 100).optional(), {
    description: 'Replicas of every topic that is made.',
    unit: '1 to 100',
    unset: "the broker's own",
  }),
  retentionMs: setting(whole(-1, Number.MAX_SAFE_INTEGER).default(-1), {
    description:
      'Age at which the broker deletes records of a topic that is not compacted, by the time they were written; set when a topic is made. What is deleted cannot be rebuilt from.',
    unit: 'ms; -1: kept for ever',
  }),
});

const skipOrHalt = oneOf('skip', 'halt');

/** Settings of what is done when something goes wrong: the fields of ErrorPolicy in infra/kafka. */
export const errors = z.strictObject({
  undecodable: setting(skipOrHalt.default(defaultErrorPolicy.undecodable), {
    description:
      'A record that cannot be read: to the topic `dead-letters` with its origin, the reason and its bytes, or the end of the stage.',
    env: 'ON_UNDECODABLE_RECORD',
    unit: '`skip` or `halt`',
  }),
  poison: setting(skipOrHalt.default(defaultErrorPolicy.poison), {
    description:
      'A record on which a step throws, or that an enricher cannot handle in all its tries. A skipped one leaves no trace in state and outputs.',
    env: 'ON_POISON_RECORD',
    unit: '`skip` or `halt`',
  }),
  oversized: setting(skipOrHalt.default(defaultErrorPolicy.oversized), {
    description:
      'An output larger than `errors.maxRecordBytes`. State that is too large always halts.',
    env: 'ON_OVERSIZED_RECORD',
    unit: '`skip` or `halt`',
  }),
  gap: setting(skipOrHalt.default(defaultErrorPolicy.gap), {
    description:
      'Input that retention deleted before it was read. `skip` goes on from what is there, with a dead letter that names the range.',
    env: 'ON_INPUT_GAP',
    unit: '`skip` or `halt`',
  }),
  maxAheadMs: setting(whole(-1, Number.MAX_SAFE_INTEGER).default(defaultErrorPolicy.maxAheadMs), {
    description:
      'How far ahead of the clock the time of an event may be. A later one goes to `dead-letters` and moves no time. `replay` and `demo` let in any time, since theirs is the time of the log.',
    env: 'MAX_AHEAD_MS',
    unit: 'ms; -1: any time',
  }),
  maxRecordBytes: setting(whole(10_000, 100_000_000).default(defaultErrorPolicy.maxRecordBytes), {
    description:
      'Key and value of a record that is written. `max.message.bytes` of the topics must be some 200 bytes more.',
    env: 'MAX_RECORD_BYTES',
    unit: 'bytes, 10 000 to 100 000 000',
  }),
  retries: setting(whole(0, 1_000_000).default(defaultErrorPolicy.retries), {
    description:
      'Failures in a row of a stage, or of an enricher with one event, until it is given up. The pauses between grow from 0.5 to 10 seconds.',
    env: 'RETRIES',
    unit: 'number',
  }),
  stuckAfterMs: setting(whole(1_000, 86_400_000).default(defaultErrorPolicy.stuckAfterMs), {
    description:
      'A task that has records, or an enricher that has an event, and gets no further for so long has failed.',
    env: 'STUCK_AFTER_MS',
    unit: 'ms, 1 000 to 86 400 000',
  }),
});
