import { enumOf, optional, record, timestamp } from '../avro.ts';
import { cosine, fraction, id, idOrNone, reward } from '../rules.ts';
import { defineTopic, type EventOf } from '../topic.ts';

/** Who answered: a person in the log, or the simulator. */
export const feedbackSource = enumOf('FeedbackSource', ['logged', 'simulated']);

/** Kinds of feedback. */
export const feedbackKinds = [
  'click',
  'like',
  'cart',
  'favourite',
  'buy',
  'watch',
  'rating',
] as const;

export const clicks = defineTopic({
  name: 'clicks',
  doc: 'Feedback on an item of an impression.',
  key: 'userId',
  schema: record('Click', 'Feedback on an item of an impression.', [
    { name: 'clickId', type: 'string', rule: id },
    { name: 'impressionId', type: 'string', rule: idOrNone },
    { name: 'userId', type: 'string', rule: id },
    { name: 'itemId', type: 'string', rule: id },
    { name: 'at', type: timestamp },
    {
      name: 'kind',
      type: enumOf('FeedbackKind', feedbackKinds),
    },
    { name: 'positive', type: 'boolean', doc: 'Counts as a click in every metric.' },
    {
      name: 'value',
      type: 'double',
      rule: reward,
      doc: 'Reward, in the unit of the log (stars, watch ratio).',
    },
    { name: 'source', type: feedbackSource },
    {
      name: 'confidence',
      type: 'double',
      rule: fraction,
      doc: '1 for logged; the fidelity weight for simulated.',
    },
    // Simulated only: how near the language model puts the item to what the user liked, −1 to 1.
    optional('similarity', 'double', cosine),
  ]),
  keyOf: (click) => click.userId,
  timeOf: (click) => click.at,
});

export type Click = EventOf<typeof clicks>;
