import { record, timestamp } from '../avro.ts';
import { id, notNegative } from '../rules.ts';
import { defineTopic, type EventOf } from '../topic.ts';

export const truths = defineTopic({
  name: 'truths',
  doc: 'What a slate was worth, where a seeded world answers and so knows.',
  key: 'userId',
  schema: record('Truth', 'The true value of a served slate.', [
    { name: 'impressionId', type: 'string', rule: id },
    { name: 'userId', type: 'string', rule: id },
    { name: 'at', type: timestamp, doc: 'Time of the slate.' },
    { name: 'variant', type: 'string' },
    { name: 'expected', type: 'double', rule: notNegative, doc: 'Clicks expected on the slate.' },
    {
      name: 'best',
      type: 'double',
      rule: notNegative,
      doc: 'The same of the best slate of all items.',
    },
  ]),
  keyOf: (truth) => truth.userId,
  derived: true,
  timeOf: (truth) => truth.at,
});

export type Truth = EventOf<typeof truths>;
