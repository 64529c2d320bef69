// A renamed field, record or enum: what was written under the name before is read as before.
import { describe, expect, it } from '@jest/globals';
import { createCodec, schemaText } from '../../schemas/codec.ts';
import { incompatibility } from '../golden/schemas.ts';
import { renamedTopics } from '../support/renamed.ts';

const renamed = renamedTopics();

describe('a topic with names that changed', () => {
  it('is each of those that carry a slate or say who found or decided something', () => {
    const named = renamed.map(({ topic }) => topic.name).sort();
    expect(named).toEqual([
      ...['audit', 'examples', 'experiments', 'impressions', 'open-impressions'],
    ]);
  });

  it.each(renamed.map((before) => [before.topic.name, before] as const))(
    '%s is BACKWARD compatible, and its codec reads what was written before',
    (_, { topic, schema, event, bytes }) => {
      expect(incompatibility(schemaText(topic), schema)).toBeUndefined();
      const codec = createCodec(topic, 1);
      codec.learnSchema(9, JSON.parse(schema));
      const framed = Buffer.concat([Buffer.from([0, 0, 0, 0, 9]), bytes]);
      expect(codec.decode(framed)).toEqual(codec.decode(codec.encode(event)));
    },
  );
});
