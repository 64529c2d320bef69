import { arrayOf, record, timestamp } from '../avro.ts';
import { id, vector } from '../rules.ts';
import { defineTopic, type EventOf } from '../topic.ts';

export const itemVectors = defineTopic({
  name: 'item-vectors',
  doc: 'What the language model made of an item; the topic is the cache.',
  key: 'hash',
  compacted: true,
  partitioning: 'one',
  schema: record('ItemVector', 'A semantic vector of an item.', [
    {
      name: 'hash',
      type: 'string',
      rule: id,
      doc: 'Of model, prompt and text: the same content, the same key.',
    },
    { name: 'itemId', type: 'string', rule: id },
    { name: 'at', type: timestamp },
    { name: 'model', type: 'string', rule: id },
    { name: 'vector', type: arrayOf('float'), rule: vector },
    {
      name: 'roles',
      type: arrayOf('string'),
      default: [],
      doc: 'Roles of the language model that use vectors of this model; empty: all of them.',
    },
  ]),
  notInSql: ['vector', 'roles'],
  keyOf: (vector) => vector.hash,
  derived: true,
  timeOf: (vector) => vector.at,
});

export type ItemVector = EventOf<typeof itemVectors>;
