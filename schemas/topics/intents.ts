import { arrayOf, record, timestamp } from '../avro.ts';
import { fraction, id, notNegative, vector } from '../rules.ts';
import { defineTopic, type EventOf } from '../topic.ts';

/** Name in the place of a model's where rules read what was said. */
export const RULES = 'rules';

export const intents = defineTopic({
  name: 'intents',
  doc: 'What the language model, or the reading of what was said by rules, takes a user to want.',
  key: 'hash',
  compacted: true,
  schema: record('Intent', 'What a user seems to want.', [
    { name: 'hash', type: 'string', rule: id },
    { name: 'userId', type: 'string', rule: id },
    { name: 'at', type: timestamp },
    { name: 'model', type: 'string' },
    { name: 'wanted', type: arrayOf('string'), doc: 'Groups wanted.' },
    { name: 'avoid', type: arrayOf('string'), doc: 'Groups to avoid.' },
    { name: 'confidence', type: 'double', rule: fraction },
    { name: 'vector', type: arrayOf('float'), rule: vector },
    { name: 'mood', type: 'string', default: '' },
    { name: 'constraints', type: arrayOf('string'), default: [], doc: 'What an item must be.' },
    {
      name: 'uncertainty',
      type: 'double',
      rule: fraction,
      default: 0,
      doc: 'Disagreement of several readings, 0 to 1.',
    },
    {
      name: 'removed',
      type: 'int',
      rule: notNegative,
      default: 0,
      doc: 'Claims that the history or the catalogue did not bear out.',
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
  ]),
  notInSql: ['vector'],
  keyOf: (intent) => intent.hash,
  derived: true,
  timeOf: (intent) => intent.at,
});

export type Intent = EventOf<typeof intents>;
