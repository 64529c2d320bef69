// A topic of another system, as the streams see it: rows with their bytes, in the order of the topic.
import { record, timestamp } from '../../../schemas/avro.ts';
import { type AnyTopic, defineTopic, type ForeignFormat } from '../../../schemas/topic.ts';
import { avro } from './avro.ts';
import { json } from './json.ts';
import { protobuf } from './protobuf.ts';

/** The formats of topics, by the names that a source gives them. */
export const foreignFormats: Readonly<Record<ForeignFormat['name'], ForeignFormat>> = {
  json,
  avro,
  protobuf,
};

/** @param name of the topic on the broker */
export function foreignTopic(name: string, foreign: ForeignFormat): AnyTopic {
  return defineTopic({
    name,
    doc: 'A topic of another system.',
    key: 'its own',
    foreign,
    notInSql: 'all',
    // What is said here of its schema is for the docs alone: the records have their own.
    schema: record('ForeignRow', 'A row of another system.', [{ name: 'at', type: timestamp }]),
    keyOf: () => '',
    // The only input of its stage: its records come in the order in which they stand.
    timeOf: () => 0,
  });
}
