import { hash } from 'node:crypto';
import { record, timestamp } from '../avro.ts';
import { idOrNone, sha256 } from '../rules.ts';
import { defineTopic, type EventOf } from '../topic.ts';

/** What stands for the id of a user who is forgotten: SHA-256 of it, in hexadecimal digits. */
export const fingerprintOf = (userId: string): string => hash('sha256', userId, 'hex');

export const forgotten = defineTopic({
  name: 'forgotten',
  doc: 'A user who is forgotten: what was kept goes, and events up to this time are not taken again.',
  key: 'fingerprint',
  compacted: true,
  schema: record('Forgotten', 'A user who is forgotten.', [
    { name: 'fingerprint', type: 'string', rule: sha256, doc: 'SHA-256 of the id of the user.' },
    {
      name: 'userId',
      type: 'string',
      rule: idOrNone,
      default: '',
      doc: 'Whose state is to go; empty in the record that takes the place of the first.',
    },
    { name: 'at', type: timestamp, doc: 'Events of the user up to this time are forgotten.' },
  ]),
  notInSql: ['userId'],
  holds: [
    {
      field: 'fingerprint',
      says: 'it is not that of `userId`',
      of: ({ fingerprint, userId }) => userId === '' || fingerprint === fingerprintOf(userId),
    },
  ],
  keyOf: (event) => event.fingerprint,
  timeOf: (event) => event.at,
});

export type Forgotten = EventOf<typeof forgotten>;
