// The topics as an AsyncAPI document, for those who write to them or read them with tools of their own.
// https://www.asyncapi.com/docs/reference/specification/v3.0.0
import { schemaText } from '../schemas/codec.ts';
import type { AnyTopic } from '../schemas/topic.ts';
import { traceHeader } from '../streams/engine/tracing.ts';

/** Which of the topics the streams read and write. */
export interface Flows {
  readonly reads: readonly AnyTopic[];
  readonly writes: readonly AnyTopic[];
}

const bindingVersion = '0.5.0';

const ref = (...path: string[]) => ({ $ref: `#/${path.join('/')}` });

const nameOf = ({ schema }: AnyTopic) => schema.name as string;

/** The document, as plain data. @param version of Millrace */
export function asyncApiDocument(topics: readonly AnyTopic[], flows: Flows, version: string) {
  const each = <T>(of: readonly AnyTopic[], make: (topic: AnyTopic) => T) =>
    Object.fromEntries(of.map((topic) => [topic.name, make(topic)]));
  const operations = (action: 'send' | 'receive', of: readonly AnyTopic[]) =>
    topics
      .filter((topic) => of.includes(topic))
      .map((topic) => [`${action}.${topic.name}`, operationOn(action, topic)]);
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Millrace',
      version,
      description:
        'The topics of Millrace on Kafka. Records are in the Confluent wire format: a zero byte, the id of the schema in the registry (subject `<topic>-value`), the record in binary Avro. Names of topics and subjects have the prefix TOPIC_PREFIX. The time of an event is its field `at`, not the timestamp of the record. Generated from `schemas/`.',
      license: { name: 'Apache-2.0' },
    },
    defaultContentType: 'avro/binary',
    channels: each(topics, channelOf),
    operations: Object.fromEntries([
      ...operations('receive', flows.reads),
      ...operations('send', flows.writes),
    ]),
    components: {
      messages: Object.fromEntries(topics.map((topic) => [nameOf(topic), messageOf(topic)])),
      schemas: { headers },
    },
  };
}

const headers = {
  type: 'object',
  description: 'All of them may be absent.',
  properties: {
    [traceHeader]: {
      type: 'string',
      description: 'Context of the event in a trace (W3C Trace Context), in UTF-8.',
      pattern: '^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$',
    },
    'millrace-stepped-by': {
      type: 'string',
      description: 'Consumer group that has handled the event before it was written, in UTF-8.',
    },
  },
};

function channelOf({ name, doc, compacted, partitioning, schema }: AnyTopic) {
  const record = schema.name as string;
  return {
    address: name,
    description: `${doc} Partitions: ${partitioning === 'one' ? 'one' : 'as many as the topics keyed by user have'}.`,
    messages: { [record]: ref('components', 'messages', record) },
    bindings: {
      kafka: {
        topic: name,
        ...(partitioning === 'one' ? { partitions: 1 } : {}),
        topicConfiguration: { 'cleanup.policy': [compacted ? 'compact' : 'delete'] },
        bindingVersion,
      },
    },
  };
}

function operationOn(action: 'send' | 'receive', topic: AnyTopic) {
  return {
    action,
    channel: ref('channels', topic.name),
    messages: [ref('channels', topic.name, 'messages', nameOf(topic))],
  };
}

function messageOf(topic: AnyTopic) {
  const { doc, key, forgets, compacted } = topic;
  const gone = forgets || compacted ? ' A record without a value deletes what its key names.' : '';
  return {
    name: nameOf(topic),
    title: nameOf(topic),
    summary: `${doc}${gone}`,
    contentType: 'avro/binary',
    headers: ref('components', 'schemas', 'headers'),
    payload: {
      schemaFormat: 'application/vnd.apache.avro+json;version=1.9.0',
      schema: JSON.parse(schemaText(topic)) as unknown,
    },
    bindings: {
      kafka: {
        key: { type: 'string', description: `In UTF-8: ${key}.` },
        schemaIdLocation: 'payload',
        schemaIdPayloadEncoding: 'confluent',
        bindingVersion,
      },
    },
  };
}
