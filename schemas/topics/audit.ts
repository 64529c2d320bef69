import { enumOf, record, renamed, timestamp } from '../avro.ts';
import { id, notNegative } from '../rules.ts';
import { defineTopic, type EventOf } from '../topic.ts';

export const audit = defineTopic({
  name: 'audit',
  doc: 'Findings on bias, privacy, hallucination, fidelity, judgement and promotion, by component.',
  key: 'component',
  partitioning: 'one',
  schema: record('Finding', 'A finding.', [
    { name: 'at', type: timestamp },
    {
      name: 'kind',
      type: enumOf('FindingKind', [
        'bias',
        'privacy',
        'hallucination',
        'fidelity',
        'judgement',
        'promotion',
      ]),
    },
    renamed('stage', {
      name: 'component',
      type: 'string',
      rule: id,
      doc: 'Stage or enricher that found it.',
    }),
    { name: 'name', type: 'string' },
    { name: 'value', type: 'double' },
    { name: 'count', type: 'long', rule: notNegative, doc: 'What the value was measured on.' },
  ]),
  keyOf: (finding) => finding.component,
  derived: true,
  timeOf: (finding) => finding.at,
});

export type Finding = EventOf<typeof audit>;
