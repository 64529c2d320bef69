import { arrayOf, type Infer, record, timestamp } from '../avro.ts';
import { id, notNegative, reward } from '../rules.ts';
import { defineTopic } from '../topic.ts';

/** What is remembered of a user; also carried by every example, as it was at the decision. */
export const userStateRecord = record('UserState', 'What is remembered of a user.', [
  { name: 'userId', type: 'string', rule: id },
  { name: 'at', type: timestamp, doc: 'Time of the last event in it.' },
  { name: 'feedbacks', type: 'long', rule: notNegative, doc: 'Logged feedback events so far.' },
  { name: 'positives', type: 'long', rule: notNegative },
  { name: 'valueSum', type: 'double', doc: 'Sum of the logged values.' },
  { name: 'impressions', type: 'long', rule: notNegative },
  { name: 'sessions', type: 'long', rule: notNegative },
  { name: 'sessionStart', type: timestamp },
  {
    name: 'recent',
    doc: 'The last items with their outcomes, newest last.',
    type: arrayOf(
      record('RecentItem', 'An item the user answered.', [
        { name: 'itemId', type: 'string', rule: id },
        { name: 'at', type: timestamp },
        { name: 'positive', type: 'boolean' },
        { name: 'value', type: 'double', rule: reward },
      ]),
    ),
  },
  {
    name: 'groups',
    doc: 'Taste by item group.',
    type: arrayOf(
      record('GroupTaste', 'Feedback on the items of one group.', [
        { name: 'group', type: 'string', rule: id },
        { name: 'feedbacks', type: 'long', rule: notNegative },
        { name: 'positives', type: 'long', rule: notNegative },
        { name: 'valueSum', type: 'double' },
      ]),
    ),
  },
  {
    name: 'simulatedFeedbacks',
    type: 'long',
    rule: notNegative,
    doc: 'Counted, never mixed into the taste.',
  },
  { name: 'simulatedPositives', type: 'long', rule: notNegative },
]);

export type UserState = Infer<typeof userStateRecord>;

export const userStates = defineTopic({
  name: 'user-state',
  doc: 'What is remembered of a user; the changelog of `track`.',
  key: 'userId',
  compacted: true,
  schema: userStateRecord,
  notInSql: 'all',
  keyOf: (state) => state.userId,
  timeOf: (state) => state.at,
});
