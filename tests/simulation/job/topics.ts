// The topics of the simulated job: two inputs, what comes of them, and what is remembered.
import { record, timestamp } from '../../../schemas/avro.ts';
import { defineTopic, type EventOf } from '../../../schemas/topic.ts';

const inputFields = [
  { name: 'id', type: 'string' },
  { name: 'key', type: 'string' },
  { name: 'at', type: timestamp },
  { name: 'value', type: 'int' },
] as const;

export const offers = defineTopic({
  name: 'offers',
  doc: 'One input: it opens something that answers may come to.',
  key: 'key',
  schema: record('Offer', 'An offer.', [
    ...inputFields,
    { name: 'note', type: 'string', default: 'none' },
  ]),
  keyOf: ({ key }) => key,
  timeOf: ({ at }) => at,
});

/** The schema of a writer that knows no notes. */
export const olderOffer = record('Offer', 'An offer.', inputFields);

export const answers = defineTopic({
  name: 'answers',
  doc: 'The other input: it answers an offer, or comes too late.',
  key: 'key',
  schema: record('Answer', 'An answer.', [...inputFields, { name: 'offer', type: 'string' }]),
  keyOf: ({ key }) => key,
  timeOf: ({ at }) => at,
});

export const results = defineTopic({
  name: 'results',
  doc: 'One record for each input record, and one for each offer that has ended.',
  key: 'key',
  partitioning: 'one',
  schema: record('Result', 'What came of a record.', [
    { name: 'source', type: 'string', doc: 'Its topic; `ended` for an offer that has ended.' },
    { name: 'partition', type: 'int' },
    { name: 'offset', type: 'long', doc: 'Of the record; −1 for an offer that has ended.' },
    { name: 'key', type: 'string' },
    { name: 'id', type: 'string' },
    { name: 'count', type: 'int', doc: 'Records of the key so far; answers to an ended offer.' },
    { name: 'sum', type: 'long', doc: 'Of the key so far; value of an ended offer.' },
    { name: 'at', type: timestamp },
  ]),
  keyOf: ({ key }) => key,
  timeOf: ({ at }) => at,
});

export const tallies = defineTopic({
  name: 'tallies',
  doc: 'Changelog: what was counted of each key.',
  key: 'key',
  compacted: true,
  schema: record('Tally', 'What was counted of a key.', [
    { name: 'key', type: 'string' },
    { name: 'count', type: 'int' },
    { name: 'sum', type: 'long' },
    { name: 'at', type: timestamp },
  ]),
  keyOf: ({ key }) => key,
  timeOf: ({ at }) => at,
});

export const openOffers = defineTopic({
  name: 'open-offers',
  doc: 'Changelog: the offers that answers may still come to.',
  key: 'id',
  compacted: true,
  schema: record('OpenOffer', 'An offer that is open.', [
    ...inputFields,
    { name: 'answers', type: 'int' },
  ]),
  keyOf: ({ id }) => id,
  timeOf: ({ at }) => at,
});

export const folds = defineTopic({
  name: 'folds',
  doc: 'What the second stage makes of each result.',
  key: 'n',
  partitioning: 'one',
  schema: record('Fold', 'Everything so far, in one number.', [
    { name: 'n', type: 'int', doc: 'Number of results so far.' },
    { name: 'hash', type: 'int' },
    { name: 'offset', type: 'long', doc: 'Offset of the result.' },
    { name: 'at', type: timestamp },
  ]),
  keyOf: ({ n }) => `${n}`,
  timeOf: ({ at }) => at,
});

export type Offer = EventOf<typeof offers>;
export type OfferAnswer = EventOf<typeof answers>;
export type Result = EventOf<typeof results>;
export type Tally = EventOf<typeof tallies>;
export type OpenOffer = EventOf<typeof openOffers>;
export type Fold = EventOf<typeof folds>;
