import { optional, record, timestamp } from '../avro.ts';
import { defineTopic, type EventOf } from '../topic.ts';

export const deadLetters = defineTopic({
  name: 'dead-letters',
  doc: 'What was skipped: from where, why, and the original bytes.',
  key: 'origin',
  schema: record('DeadLetter', 'What was skipped.', [
    { name: 'at', type: timestamp },
    { name: 'origin', type: 'string', doc: 'Topic or file it came from.' },
    optional('partition', 'int'),
    optional('offset', 'long'),
    optional('line', 'long'),
    { name: 'code', type: 'string', doc: 'See docs/errors.' },
    { name: 'reason', type: 'string' },
    optional('key', 'string'),
    { name: 'data', type: 'bytes' },
    {
      name: 'skippedBy',
      type: ['null', 'string'],
      default: null,
      doc: 'Stage or enricher that left the record out unprocessed; null for what a step gives up, and for a row of a file.',
    },
  ]),
  // A key that was skipped may be empty.
  keyOf: (letter) => letter.key || letter.origin,
  derived: true,
  timeOf: (letter) => letter.at,
});

export type DeadLetter = EventOf<typeof deadLetters>;
