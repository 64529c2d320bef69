// A real registry takes the schemas whose names changed, and what was written before is read.
import { beforeAll, expect, it } from '@jest/globals';
import { SchemaRegistry, SchemaType } from '@kafkajs/confluent-schema-registry';
import { registerSchemas } from '../../infra/registry/registry.ts';
import { describeOnInfra, startInfra } from '../support/infra.ts';
import { renamedTopics } from '../support/renamed.ts';

const renamed = renamedTopics();
const prefix = `renamed-${process.pid}-${process.hrtime.bigint()}.`;

describeOnInfra('a registry with the schemas of before', () => {
  let url: string;
  const ids = new Map<string, number>();

  beforeAll(async () => {
    ({ registryUrl: url } = await startInfra());
    const registry = new SchemaRegistry({ host: url });
    for (const { topic, schema } of renamed) {
      const subject = `${prefix}${topic.name}-value`;
      const { id } = await registry.register({ type: SchemaType.AVRO, schema }, { subject });
      ids.set(topic.name, id);
    }
  }, 180_000);

  it('takes those of now as BACKWARD compatible, and the codecs read the old records', async () => {
    const topics = renamed.map(({ topic }) => topic);
    const codecs = await registerSchemas({ url }, prefix, topics);
    for (const { topic, event, bytes } of renamed) {
      const codec = codecs.of(topic);
      const id = ids.get(topic.name)!;
      expect(codec.schemaId).not.toBe(id);
      const header = Buffer.alloc(5);
      header.writeUInt32BE(id, 1);
      const read = await codecs.decode(topic, Buffer.concat([header, bytes]));
      expect(read).toEqual(codec.decode(codec.encode(event)));
    }
  });
});
