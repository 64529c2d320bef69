import { arrayOf, optional, record, timestamp } from '../avro.ts';
import { fraction, id, notNegative, reward } from '../rules.ts';
import { defineTopic, type EventOf } from '../topic.ts';
import { feedbackSource } from './clicks.ts';
import { impressions } from './impressions.ts';
import { userStateRecord } from './user-state.ts';

export const openImpressions = defineTopic({
  name: 'open-impressions',
  doc: 'Slates waiting for feedback; the changelog of `attribute`.',
  key: 'impressionId',
  compacted: true,
  schema: record(
    'OpenImpression',
    'A slate waiting for feedback, or the grace marker of a closed one.',
    [
      { name: 'impressionId', type: 'string', rule: id },
      {
        name: 'expiresAt',
        type: timestamp,
        doc: 'Open: when it closes; closed: when it is forgotten.',
      },
      optional(
        'open',
        record(
          'Waiting',
          'Absent once closed: a click that still comes is then known to be late.',
          [
            { name: 'impression', type: impressions.schema },
            { name: 'state', type: userStateRecord, doc: 'As it was at the decision.' },
            {
              name: 'groups',
              type: arrayOf(arrayOf('string')),
              doc: 'Of each shown item, then of each of `unshown`.',
            },
            {
              name: 'outcomes',
              type: arrayOf(
                record('Feedback', 'A click attributed so far.', [
                  { name: 'clickId', type: 'string', rule: id },
                  { name: 'position', type: 'int', rule: notNegative },
                  { name: 'positive', type: 'boolean' },
                  { name: 'value', type: 'double', rule: reward },
                  { name: 'source', type: feedbackSource },
                  { name: 'confidence', type: 'double', rule: fraction },
                ]),
              ),
            },
          ],
        ),
      ),
    ],
  ),
  notInSql: 'all',
  keyOf: (entry) => entry.impressionId,
  timeOf: (entry) => entry.expiresAt,
});

export type OpenImpression = EventOf<typeof openImpressions>;
export type Waiting = NonNullable<OpenImpression['open']>;
