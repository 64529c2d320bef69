// A schema of clicks as another team has registered it, and records written by it.
import { SchemaRegistry, SchemaType } from '@kafkajs/confluent-schema-registry';
import avsc from 'avsc';
import { schemaText } from '../../schemas/codec.ts';
import { clicks } from '../../schemas/topics/clicks.ts';

export interface ForeignSchema {
  readonly id: number;
  write(value: unknown): Buffer;
}

/** Bytes in the Confluent wire format. */
export function wireFormat(schemaId: number, value: Buffer): Buffer {
  const header = Buffer.alloc(5);
  header.writeUInt32BE(schemaId, 1);
  return Buffer.concat([header, value]);
}

/** One more field than ours has: `device`. It can be read as ours. */
export function widerClicks(registryUrl: string, prefix: string): Promise<ForeignSchema> {
  const { fields } = JSON.parse(schemaText(clicks)) as { fields: object[] };
  return register(registryUrl, `${prefix}wider`, [...fields, { name: 'device', type: 'string' }]);
}

/** A click that has nothing but its id, and that a number. It cannot be read as ours. */
export function otherClicks(registryUrl: string, prefix: string): Promise<ForeignSchema> {
  return register(registryUrl, `${prefix}other`, [{ name: 'clickId', type: 'long' }]);
}

async function register(host: string, name: string, fields: object[]): Promise<ForeignSchema> {
  const schema = { type: 'record', name: 'Click', namespace: 'millrace', fields };
  const { id } = await new SchemaRegistry({ host }).register(
    { type: SchemaType.AVRO, schema: JSON.stringify(schema) },
    { subject: `${name}-value` },
  );
  const avro = avsc.Type.forSchema(schema as avsc.Schema, { registry: {} });
  return { id, write: (value) => wireFormat(id, avro.toBuffer(value)) };
}
