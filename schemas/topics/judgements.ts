import { enumOf, record, timestamp } from '../avro.ts';
import { id } from '../rules.ts';
import { defineTopic, type EventOf } from '../topic.ts';

export const judgements = defineTopic({
  name: 'judgements',
  doc: 'How good an explanation is, by people and by a model, in one table.',
  key: 'hash',
  partitioning: 'one',
  schema: record('Judgement', 'A rating of an explanation.', [
    { name: 'judgementId', type: 'string', rule: id },
    { name: 'hash', type: 'string', rule: id, doc: 'Of the explanation.' },
    { name: 'at', type: timestamp },
    { name: 'judge', type: enumOf('Judge', ['person', 'model']) },
    { name: 'by', type: 'string', doc: 'The model, or who a person said they are.' },
    { name: 'aspect', type: 'string', doc: 'helpful, true, clear …' },
    { name: 'score', type: 'double', rule: { least: 1, most: 5 }, doc: 'From 1, poor, to 5.' },
  ]),
  keyOf: (judgement) => judgement.hash,
  timeOf: (judgement) => judgement.at,
});

export type Judgement = EventOf<typeof judgements>;
