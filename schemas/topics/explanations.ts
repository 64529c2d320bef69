import { arrayOf, enumOf, optional, record, timestamp } from '../avro.ts';
import { id, ids, notNegative } from '../rules.ts';
import { defineTopic, type EventOf } from '../topic.ts';

export const explanations = defineTopic({
  name: 'explanations',
  doc: 'A reason for an item of an impression.',
  key: 'hash',
  compacted: true,
  schema: record('Explanation', 'A reason for an item of an impression.', [
    { name: 'hash', type: 'string', rule: id },
    { name: 'impressionId', type: 'string', rule: id },
    { name: 'itemId', type: 'string', rule: id },
    { name: 'at', type: timestamp },
    { name: 'model', type: 'string' },
    { name: 'text', type: 'string' },
    {
      name: 'citedItems',
      type: arrayOf('string'),
      rule: ids,
      doc: 'Items of the history it leans on.',
    },
    { name: 'citedGroups', type: arrayOf('string') },
    { name: 'userId', type: 'string', default: '' },
    { name: 'citedAttributes', type: arrayOf('string'), default: [], doc: 'As name=value.' },
    { ...optional('score', 'double'), doc: 'PMI of the item given the reason, nats.' },
    {
      name: 'removed',
      type: 'int',
      default: 0,
      rule: notNegative,
      doc: 'Claims that were false and taken out.',
    },
    { name: 'latencyMs', type: 'double', default: 0, rule: notNegative },
    { name: 'tokens', type: 'int', default: 0, rule: notNegative, doc: 'Generated.' },
    {
      name: 'adapter',
      type: 'int',
      rule: notNegative,
      default: 0,
      doc: "Version of the model's adapter that it was made with; 0 without one.",
    },
    {
      name: 'drafter',
      type: 'string',
      default: '',
      doc: 'Model whose draft another one was asked about; empty where none was.',
    },
    { name: 'judge', type: 'string', default: '', doc: 'Model that was asked about the draft.' },
    {
      name: 'verdict',
      type: enumOf('Verdict', ['none', 'kept', 'replaced', 'swayed', 'unanswered']),
      default: 'none',
      doc: 'none: not asked; kept, unanswered: the draft stands; replaced, swayed: the plain sentence.',
    },
  ]),
  keyOf: (explanation) => explanation.hash,
  derived: true,
  timeOf: (explanation) => explanation.at,
});

export type Explanation = EventOf<typeof explanations>;
