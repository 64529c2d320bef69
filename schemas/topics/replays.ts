import { record, timestamp } from '../avro.ts';
import { id, notNegative } from '../rules.ts';
import { defineTopic, type EventOf } from '../topic.ts';

export const replays = defineTopic({
  name: 'replays',
  doc: 'How far a log was replayed; written in the transaction of the events themselves.',
  key: 'replayId',
  compacted: true,
  rowsInSql: 'each',
  partitioning: 'one',
  schema: record('ReplayProgress', 'How far a log was replayed.', [
    { name: 'replayId', type: 'string', rule: id },
    { name: 'at', type: timestamp, doc: 'Event time reached.' },
    {
      name: 'steps',
      type: 'long',
      rule: notNegative,
      doc: 'Records of the deterministic sequence already written.',
    },
    { name: 'events', type: 'long', rule: notNegative, doc: 'Rows of the log they stand for.' },
    {
      name: 'shown',
      type: 'long',
      rule: notNegative,
      default: 0,
      doc: 'Positions of slates written for them.',
    },
    {
      name: 'clicks',
      type: 'long',
      rule: notNegative,
      default: 0,
      doc: 'Feedback events written for them.',
    },
    {
      name: 'unreadable',
      type: 'long',
      rule: notNegative,
      default: 0,
      doc: 'Rows that became dead letters.',
    },
    { name: 'done', type: 'boolean' },
    {
      name: 'latest',
      type: ['null', timestamp],
      default: null,
      doc: 'Latest event time of a row that does not lie ahead, fixed when the replay began; null for any.',
    },
  ]),
  keyOf: (progress) => progress.replayId,
  timeOf: (progress) => progress.at,
});

export type ReplayProgress = EventOf<typeof replays>;
