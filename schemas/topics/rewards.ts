import { record, timestamp } from '../avro.ts';
import { defineTopic, type EventOf } from '../topic.ts';
import { feedbackSource } from './clicks.ts';

export const rewards = defineTopic({
  name: 'rewards',
  doc: 'A value attributed to an item of an impression.',
  key: 'userId',
  schema: record('Reward', 'A value attributed to an item of an impression.', [
    { name: 'clickId', type: 'string' },
    { name: 'impressionId', type: 'string' },
    { name: 'userId', type: 'string' },
    { name: 'itemId', type: 'string' },
    { name: 'position', type: 'int' },
    { name: 'at', type: timestamp },
    { name: 'policy', type: 'string' },
    { name: 'variant', type: 'string' },
    { name: 'positive', type: 'boolean' },
    { name: 'value', type: 'double' },
    { name: 'source', type: feedbackSource },
    { name: 'confidence', type: 'double' },
  ]),
  keyOf: (reward) => reward.userId,
  timeOf: (reward) => reward.at,
});

export type Reward = EventOf<typeof rewards>;
