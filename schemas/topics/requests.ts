import { arrayOf, optional, record, timestamp } from '../avro.ts';
import { id, idOrNone, ids, mostItems, notBlank, type Rule } from '../rules.ts';
import { defineTopic, type EventOf } from '../topic.ts';

/** Limits on what a user says with a request; characters are UTF-16 units. */
export const wordLimits = Object.freeze({
  /** `texts` in `said`, each of at most `text` characters. */
  texts: 12,
  text: 1_000,
  /**
   * `entries` in `context`, each with a name of at most `name` and a value of at most `value`
   * characters.
   */
  entries: 8,
  name: 24,
  value: 60,
});

const { texts, text, entries, name, value } = wordLimits;

const said: Rule = { most: texts, each: { least: 1, most: text, pattern: notBlank } };

/** Pattern of a name in the context: letters, digits, dashes and underscores, a letter first. */
export const contextName = /^[A-Za-z][A-Za-z0-9_-]*$/;

const context: Rule = {
  most: entries,
  names: {
    most: name,
    pattern: {
      of: contextName,
      says: 'it is not letters, digits, dashes and underscores, a letter first',
    },
  },
  each: { least: 1, most: value, pattern: notBlank },
};

export const requests = defineTopic({
  name: 'requests',
  doc: 'A moment to recommend.',
  key: 'userId',
  schema: record('Request', 'A moment to recommend.', [
    { name: 'requestId', type: 'string', rule: id },
    { name: 'userId', type: 'string', rule: id },
    { name: 'at', type: timestamp },
    {
      name: 'k',
      type: 'int',
      rule: { least: 1, most: mostItems },
      doc: 'Items wanted in the slate.',
    },
    { name: 'surface', type: 'string', rule: idOrNone, doc: 'Where the slate will be shown.' },
    optional('candidates', arrayOf('string'), ids),
    { ...optional('said', arrayOf('string'), said), doc: 'What the user typed, newest last.' },
    {
      ...optional('context', { type: 'map', values: 'string' }, context),
      doc: 'Of the moment, such as device, occasion or time of day.',
    },
  ]),
  notInSql: ['said', 'context'],
  keyOf: (request) => request.userId,
  timeOf: (request) => request.at,
});

export type Request = EventOf<typeof requests>;
