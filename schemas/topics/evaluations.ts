import { enumOf, optional, record, timestamp } from '../avro.ts';
import { id, notNegative } from '../rules.ts';
import { defineTopic, type EventOf } from '../topic.ts';

export const evaluations = defineTopic({
  name: 'evaluations',
  doc: 'What `millrace evaluate` found, a record a model, metric and span.',
  key: 'evaluationId',
  partitioning: 'one',
  schema: record('Evaluation', 'A figure of a model on a log.', [
    { name: 'evaluationId', type: 'string', rule: id, doc: 'Of one run of the command.' },
    { name: 'at', type: timestamp },
    { name: 'protocol', type: 'string' },
    { name: 'dataset', type: 'string' },
    {
      name: 'n',
      type: 'long',
      rule: notNegative,
      doc: 'Events, rounds, pairs or users that were scored.',
    },
    { name: 'seed', type: 'long' },
    { name: 'model', type: 'string' },
    { name: 'metric', type: 'string' },
    { name: 'span', type: enumOf('Span', ['all', 'lastHalf']) },
    { name: 'value', type: 'double' },
    optional('standardError', 'double'),
  ]),
  keyOf: (evaluation) => evaluation.evaluationId,
  timeOf: (evaluation) => evaluation.at,
});

export type EvaluationRecord = EventOf<typeof evaluations>;
