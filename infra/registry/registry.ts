// Registers the schemas of the topics, BACKWARD compatible, and gives a codec for each.
import { setTimeout as sleep } from 'node:timers/promises';
import { COMPATIBILITY, type SchemaRegistry, SchemaType } from '@kafkajs/confluent-schema-registry';
import {
  type Codec,
  createCodec,
  type Incoming,
  schemaIdOf,
  schemaText,
} from '../../schemas/codec.ts';
import { MillraceError } from '../../schemas/errors.ts';
import { borderDefaults } from '../../schemas/rules.ts';
import type { AnyTopic } from '../../schemas/topic.ts';
import { topicName } from '../kafka/topics.ts';
import { connectRegistry, type RegistryAddress } from './client.ts';
import { registryFailed } from './failures.ts';
import { foreignCodec } from './foreign-codec.ts';

export interface Codecs {
  of(topic: AnyTopic): Codec;
  /** Decodes a record, asking the registry for a writer's schema that is not known here yet. */
  decode(topic: AnyTopic, bytes: Buffer): Promise<unknown>;
  /** Decodes a record of an input and takes it past the border, as `Codec.take` does. */
  take(topic: AnyTopic, record: Incoming): Promise<unknown>;
}

/**
 * @param topics every topic that is written or read
 * @param limits limits of the border that are configured
 * @throws MillraceError `schema-incompatible`, `registry-unreachable`, `registry-login`
 */
export async function registerSchemas(
  address: RegistryAddress,
  prefix: string,
  topics: readonly AnyTopic[],
  limits = borderDefaults,
): Promise<Codecs> {
  const registry = connectRegistry(address);
  const codecs = new Map<AnyTopic, Codec>();
  for (const topic of topics) {
    if (topic.foreign) {
      codecs.set(topic, foreignCodec(topic, topic.foreign));
      continue;
    }
    const id = await register(registry, topic, `${topicName(topic, { prefix })}-value`);
    codecs.set(topic, createCodec(topic, id, limits));
  }
  const of = (topic: AnyTopic): Codec => {
    const codec = codecs.get(topic);
    if (codec) return codec;
    throw new MillraceError({
      code: 'topic-undeclared',
      what: `The topic ${topic.name} is not declared.`,
      todo: 'Add it to what a step of the topology reads or writes, or to schemas/index.ts.',
    });
  };
  const reading = async (topic: AnyTopic, bytes: Buffer): Promise<Codec> => {
    const codec = of(topic);
    if (topic.foreign?.bySchema === false) return codec;
    const id = schemaIdOf(bytes);
    if (!codec.knows(id)) codec.learnSchema(id, await writerSchema(registry, topic, id));
    return codec;
  };
  return {
    of,
    decode: async (topic, bytes) => (await reading(topic, bytes)).decode(bytes),
    take: async (topic, record) =>
      (await reading(topic, record.value ?? Buffer.alloc(0))).take(record),
  };
}

/** Number of tries while another process registers the same subject. */
const tries = 20;
const betweenMs = 100;

async function register(registry: SchemaRegistry, topic: AnyTopic, subject: string) {
  try {
    return await registerBackward(registry, schemaText(topic), subject);
  } catch (cause) {
    const { status, message } = cause as { status?: number; message?: string };
    if (status === 409 || /incompatib/i.test(message ?? '')) {
      throw new MillraceError({
        code: 'schema-incompatible',
        what: `The registry refuses the schema of ${topic.name} (subject ${subject}).`,
        why: message ?? 'It is not BACKWARD compatible with the version there.',
        todo: 'Give new fields a default and keep the old ones, or use another TOPIC_PREFIX.',
        cause,
      });
    }
    throw registryFailed(`The schema of ${topic.name} could not be registered.`, cause);
  }
}

/**
 * Registers a schema as BACKWARD compatible. The client writes a new subject first and its
 * compatibility afterwards, so a process that looks in between finds another compatibility, and one
 * that writes second is told that it is there.
 */
async function registerBackward(registry: SchemaRegistry, schema: string, subject: string) {
  const { BACKWARD: compatibility } = COMPATIBILITY;
  for (let left = tries; ; left--) {
    try {
      const { id } = await registry.register(
        { type: SchemaType.AVRO, schema },
        { subject, compatibility },
      );
      return id;
    } catch (error) {
      const { name, message } = error as Error;
      const between =
        name === 'ConfluentSchemaRegistryCompatibilityError' || /already exists/.test(message);
      if (!between || left === 0) throw error;
      await sleep(betweenMs);
    }
  }
}

/** What the registry answers for an id; the client's types leave the call out. */
interface Asking {
  getSchemaOriginRequest(
    id: number,
  ): Promise<{ data(): { readonly schema: string; readonly references?: readonly unknown[] } }>;
}

/**
 * A schema as its writer registered it. The client's own reading of it loses logical types, and with
 * them the unit of a time; it is taken for a schema that refers to others, which the client puts in.
 */
async function schemaJson(
  registry: SchemaRegistry,
  { foreign }: AnyTopic,
  id: number,
): Promise<unknown> {
  const answer = await (registry as unknown as Asking).getSchemaOriginRequest(id);
  const { schema, references = [] } = answer.data();
  if (foreign?.name === 'protobuf') return schema;
  return JSON.parse(references.length > 0 ? JSON.stringify(await registry.getSchema(id)) : schema);
}

async function writerSchema(registry: SchemaRegistry, topic: AnyTopic, id: number) {
  try {
    return await schemaJson(registry, topic, id);
  } catch (cause) {
    const { status, message } = cause as { status?: number; message?: string };
    const unknown = status === 404 || /not found|40403/i.test(message ?? '');
    const what = `A record of ${topic.name} names schema ${id}, which the registry does not give.`;
    if (!unknown) throw registryFailed(what, cause);
    throw new MillraceError({
      code: 'schema-unknown',
      what,
      why: message ?? String(cause),
      todo: 'Point SCHEMA_REGISTRY_URL at the registry of the producer.',
      remedy: 'skip',
      cause,
    });
  }
}
