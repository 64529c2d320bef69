import { arrayOf, record, timestamp } from '../avro.ts';
import { groups, id } from '../rules.ts';
import { defineTopic, type EventOf } from '../topic.ts';

export const items = defineTopic({
  name: 'items',
  doc: 'A catalogue entry.',
  key: 'itemId',
  compacted: true,
  keepsDeletions: true,
  partitioning: 'one',
  schema: record('Item', 'A catalogue entry.', [
    { name: 'itemId', type: 'string', rule: id },
    { name: 'at', type: timestamp },
    { name: 'title', type: 'string' },
    {
      name: 'text',
      type: 'string',
      rule: { most: 200_000 },
      doc: 'What a language model may read of it.',
    },
    { name: 'groups', type: arrayOf('string'), rule: groups, doc: 'Categories, such as genres.' },
    { name: 'attributes', type: { type: 'map', values: 'string' } },
  ]),
  keyOf: (item) => item.itemId,
  timeOf: (item) => item.at,
});

export type Item = EventOf<typeof items>;
