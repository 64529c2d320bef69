import { arrayOf, optional, record, timestamp } from '../avro.ts';
import { defineTopic, type EventOf } from '../topic.ts';

export const requests = defineTopic({
  name: 'requests',
  doc: 'A moment to recommend.',
  key: 'userId',
  schema: record('Request', 'A moment to recommend.', [
    { name: 'requestId', type: 'string' },
    { name: 'userId', type: 'string' },
    { name: 'at', type: timestamp },
    { name: 'k', type: 'int', doc: 'Items wanted in the slate.' },
    { name: 'surface', type: 'string', doc: 'Where the slate will be shown.' },
    optional('candidates', arrayOf('string')),
    { ...optional('said', arrayOf('string')), doc: 'What the user typed, newest last.' },
    {
      ...optional('context', { type: 'map', values: 'string' }),
      doc: 'Of the moment, such as device, occasion or time of day.',
    },
  ]),
  notInSql: ['said', 'context'],
  keyOf: (request) => request.userId,
  timeOf: (request) => request.at,
});

export type Request = EventOf<typeof requests>;
