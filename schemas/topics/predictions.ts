import { arrayOf, optional, record, timestamp } from '../avro.ts';
import { fraction, id, notNegative, rewardSum } from '../rules.ts';
import { defineTopic, type EventOf } from '../topic.ts';
import { feedbackSource } from './clicks.ts';

export const predictions = defineTopic({
  name: 'predictions',
  doc: 'What models said of an example before learning from it (prequential).',
  key: 'userId',
  schema: record('Prediction', 'What models said of an example before learning from it.', [
    { name: 'impressionId', type: 'string', rule: id },
    { name: 'userId', type: 'string', rule: id },
    { name: 'at', type: timestamp },
    { name: 'version', type: 'long', rule: notNegative, doc: 'Examples learned before.' },
    { name: 'source', type: feedbackSource, doc: 'As in the example; each item has its own.' },
    { name: 'models', type: arrayOf('string'), doc: 'Names of the columns of `p` and `rank`.' },
    {
      name: 'items',
      type: arrayOf(
        record('PredictedItem', 'Probability of a click, by model.', [
          { name: 'itemId', type: 'string', rule: id },
          { name: 'positive', type: 'boolean' },
          { name: 'reward', type: 'double', rule: rewardSum },
          { name: 'p', type: arrayOf('double'), rule: { each: fraction } },
          // By the policy: the reward to expect, in the unit of the log.
          optional('value', 'double'),
          {
            ...optional('source', feedbackSource),
            doc: 'Who answered this item; null in earlier records: as the slate.',
          },
        ]),
      ),
    },
    {
      name: 'ranks',
      doc: 'Rank of each liked item among all items seen so far, less the history of the user.',
      type: arrayOf(
        record('PredictedRank', 'Mid-rank from 1: 1 + better + tied / 2, by model.', [
          { name: 'itemId', type: 'string', rule: id },
          { name: 'candidates', type: 'int', rule: notNegative },
          { name: 'rank', type: arrayOf('double'), rule: { each: notNegative } },
        ]),
      ),
    },
    {
      name: 'ties',
      type: arrayOf(arrayOf('int')),
      default: [],
      rule: { each: { each: notNegative } },
      doc: 'For each of `ranks`, by model: how many other candidates had the same score.',
    },
  ]),
  keyOf: (prediction) => prediction.userId,
  derived: true,
  timeOf: (prediction) => prediction.at,
});

export type Prediction = EventOf<typeof predictions>;
