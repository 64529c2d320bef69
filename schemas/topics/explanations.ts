import { arrayOf, record, timestamp } from '../avro.ts';
import { defineTopic, type EventOf } from '../topic.ts';

export const explanations = defineTopic({
  name: 'explanations',
  doc: 'A reason for an item of an impression.',
  key: 'hash',
  compacted: true,
  schema: record('Explanation', 'A reason for an item of an impression.', [
    { name: 'hash', type: 'string' },
    { name: 'impressionId', type: 'string' },
    { name: 'itemId', type: 'string' },
    { name: 'at', type: timestamp },
    { name: 'model', type: 'string' },
    { name: 'text', type: 'string' },
    { name: 'citedItems', type: arrayOf('string'), doc: 'Items of the history it leans on.' },
    { name: 'citedGroups', type: arrayOf('string') },
  ]),
  keyOf: (explanation) => explanation.hash,
  timeOf: (explanation) => explanation.at,
});

export type Explanation = EventOf<typeof explanations>;
