import { arrayOf, enumOf, optional, record, timestamp } from '../avro.ts';
import { defineTopic, type EventOf } from '../topic.ts';
import { userStateRecord } from './user-state.ts';

export const examples = defineTopic({
  name: 'examples',
  doc: 'An impression with its outcome and the state as it was at the decision.',
  key: 'userId',
  partitioning: 'one',
  schema: record('Example', 'An impression with its outcome and the state at the decision.', [
    { name: 'impressionId', type: 'string' },
    { name: 'userId', type: 'string' },
    { name: 'at', type: timestamp, doc: 'Time of the decision.' },
    { name: 'closedAt', type: timestamp, doc: 'Stream time at which the window closed.' },
    { name: 'origin', type: enumOf('Origin', ['served', 'logged']) },
    { name: 'source', type: enumOf('FeedbackSource', ['logged', 'simulated']) },
    { name: 'confidence', type: 'double', doc: 'Weight of the outcome in learning, 0 to 1.' },
    { name: 'policy', type: 'string' },
    { name: 'version', type: 'long' },
    { name: 'tier', type: enumOf('Tier', ['fast', 'llm', 'foreign']) },
    { name: 'variant', type: 'string' },
    { name: 'propensitySource', type: enumOf('PropensitySource', ['drawn', 'estimated']) },
    { name: 'candidateCount', type: 'int' },
    {
      name: 'items',
      type: arrayOf(
        record('Outcome', 'A shown item and what came of it.', [
          { name: 'itemId', type: 'string' },
          { name: 'position', type: 'int' },
          { name: 'score', type: 'double' },
          { name: 'propensity', type: 'double' },
          optional('similarity', 'double'),
          { name: 'groups', type: arrayOf('string') },
          { name: 'positive', type: 'boolean' },
          { name: 'reward', type: 'double', doc: 'Sum of the values attributed; 0 for none.' },
        ]),
      ),
    },
    { name: 'state', type: userStateRecord },
  ]),
  keyOf: (example) => example.userId,
  timeOf: (example) => example.closedAt,
});

export type Example = EventOf<typeof examples>;
export type Outcome = Example['items'][number];
