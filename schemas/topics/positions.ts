import { arrayOf, record, timestamp } from '../avro.ts';
import { id, notNegative } from '../rules.ts';
import { defineTopic, type EventOf } from '../topic.ts';

export const positions = defineTopic({
  name: 'positions',
  doc: 'How far each task has read its inputs, written in the transaction that its state stands for.',
  key: 'group/partition',
  compacted: true,
  notInSql: 'all',
  schema: record(
    'Position',
    'How far a task, or an enricher in a partition, has read its inputs.',
    [
      { name: 'group', type: 'string', rule: id, doc: 'Consumer group of the stage or enricher.' },
      { name: 'partition', type: 'int', rule: notNegative, doc: 'Partition of its inputs.' },
      { name: 'at', type: timestamp, doc: 'When it was written.' },
      {
        name: 'streamTime',
        type: ['null', timestamp],
        doc: 'The greatest event time the task had seen; null where it had seen none.',
      },
      {
        name: 'inputs',
        doc: 'Next offset to read, by input.',
        type: arrayOf(
          record('InputPosition', 'A position in an input.', [
            { name: 'topic', type: 'string', doc: 'Its name on the broker.' },
            { name: 'offset', type: 'long', rule: notNegative },
          ]),
        ),
      },
    ],
  ),
  keyOf: ({ group, partition }) => `${group}/${partition}`,
  timeOf: ({ at }) => at,
});

export type Position = EventOf<typeof positions>;
