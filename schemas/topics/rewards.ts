import { record, timestamp } from '../avro.ts';
import { fraction, id, notNegative, reward } from '../rules.ts';
import { defineTopic, type EventOf } from '../topic.ts';
import { feedbackSource } from './clicks.ts';

export const rewards = defineTopic({
  name: 'rewards',
  doc: 'A value attributed to an item of an impression.',
  key: 'userId',
  schema: record('Reward', 'A value attributed to an item of an impression.', [
    { name: 'clickId', type: 'string', rule: id },
    { name: 'impressionId', type: 'string', rule: id },
    { name: 'userId', type: 'string', rule: id },
    { name: 'itemId', type: 'string', rule: id },
    { name: 'position', type: 'int', rule: notNegative },
    { name: 'at', type: timestamp },
    { name: 'policy', type: 'string' },
    { name: 'variant', type: 'string' },
    { name: 'positive', type: 'boolean' },
    { name: 'value', type: 'double', rule: reward },
    { name: 'source', type: feedbackSource },
    { name: 'confidence', type: 'double', rule: fraction },
  ]),
  keyOf: (reward) => reward.userId,
  derived: true,
  timeOf: (reward) => reward.at,
});

export type Reward = EventOf<typeof rewards>;
