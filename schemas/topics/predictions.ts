import { arrayOf, enumOf, optional, record, timestamp } from '../avro.ts';
import { defineTopic, type EventOf } from '../topic.ts';

export const predictions = defineTopic({
  name: 'predictions',
  doc: 'What models said of an example before learning from it (prequential).',
  key: 'userId',
  schema: record('Prediction', 'What models said of an example before learning from it.', [
    { name: 'impressionId', type: 'string' },
    { name: 'userId', type: 'string' },
    { name: 'at', type: timestamp },
    { name: 'version', type: 'long', doc: 'Examples learned before.' },
    { name: 'source', type: enumOf('FeedbackSource', ['logged', 'simulated']) },
    { name: 'models', type: arrayOf('string'), doc: 'Names of the columns of `p` and `rank`.' },
    {
      name: 'items',
      type: arrayOf(
        record('PredictedItem', 'Probability of a click, by model.', [
          { name: 'itemId', type: 'string' },
          { name: 'positive', type: 'boolean' },
          { name: 'reward', type: 'double' },
          { name: 'p', type: arrayOf('double') },
          // By the policy: the reward to expect, in the unit of the log.
          optional('value', 'double'),
        ]),
      ),
    },
    {
      name: 'ranks',
      doc: 'Rank of each liked item among all items seen so far, less the history of the user.',
      type: arrayOf(
        record('PredictedRank', 'Mid-rank from 1: 1 + better + tied / 2, by model.', [
          { name: 'itemId', type: 'string' },
          { name: 'candidates', type: 'int' },
          { name: 'rank', type: arrayOf('double') },
        ]),
      ),
    },
  ]),
  keyOf: (prediction) => prediction.userId,
  timeOf: (prediction) => prediction.at,
});

export type Prediction = EventOf<typeof predictions>;
