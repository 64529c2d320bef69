// The schema registry, when several processes come to it for the first time at once.
import { randomUUID } from 'node:crypto';
import { expect, it } from '@jest/globals';
import { registerSchemas } from '../../infra/registry/registry.ts';
import { topics } from '../../schemas/index.ts';
import { describeOnInfra, startInfra } from '../support/infra.ts';

describeOnInfra('the schema registry', () => {
  it('gives several processes that register the same schemas at once the same ids', async () => {
    const { registryUrl } = await startInfra();
    const prefix = `at-once-${randomUUID().slice(0, 8)}-`;
    const all = await Promise.all(
      Array.from({ length: 6 }, () => registerSchemas({ url: registryUrl }, prefix, topics)),
    );
    const idsOf = (codecs: (typeof all)[number]) =>
      topics.map((topic) => codecs.of(topic).schemaId);
    for (const codecs of all) expect(idsOf(codecs)).toEqual(idsOf(all[0]!));
  }, 60_000);
});
