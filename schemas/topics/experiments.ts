import { arrayOf, enumOf, record, renamed, timestamp } from '../avro.ts';
import { id } from '../rules.ts';
import { defineTopic, type EventOf } from '../topic.ts';

export const experiments = defineTopic({
  name: 'experiments',
  doc: 'Definitions and verdicts of A/B tests, promotions, rollbacks.',
  key: 'experimentId',
  compacted: true,
  rowsInSql: 'each',
  partitioning: 'one',
  schema: record('Experiment', 'An A/B test.', [
    { name: 'experimentId', type: 'string', rule: id },
    { name: 'at', type: timestamp },
    { name: 'salt', type: 'string', doc: 'Hashed with the user to assign an arm.' },
    {
      name: 'arms',
      type: arrayOf(
        record('Arm', 'A variant and its share of the users.', [
          { name: 'variant', type: 'string', rule: id },
          { name: 'policy', type: 'string', rule: id },
          { name: 'share', type: 'double', rule: { least: 0, most: 1_000_000 } },
        ]),
      ),
    },
    {
      name: 'status',
      type: enumOf('ExperimentStatus', ['running', 'promoted', 'rolledBack', 'ended']),
    },
    {
      name: 'evidence',
      type: 'string',
      rule: { most: 1_000_000 },
      doc: 'What the step was taken on, as JSON.',
    },
    renamed('stage', {
      name: 'phase',
      type: 'string',
      default: '',
      doc: 'Of a promotion: gate, shadow, canary, ab, promoted, or how it ended.',
    }),
  ]),
  keyOf: (experiment) => experiment.experimentId,
  derived: true,
  timeOf: (experiment) => experiment.at,
});

export type Experiment = EventOf<typeof experiments>;
