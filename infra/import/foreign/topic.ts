// A topic of another system, as the streams see it: rows with their bytes, in the order of the topic.
import { record, timestamp } from '../../../schemas/avro.ts';
import {
  type AnyTopic,
  defineTopic,
  type ForeignFormat,
  type ForeignRow,
} from '../../../schemas/topic.ts';
import { avro } from './avro.ts';
import { json } from './json.ts';
import { protobuf } from './protobuf.ts';

/** The formats of topics, by the names that a source gives them. */
export const foreignFormats: Readonly<Record<ForeignFormat['name'], ForeignFormat>> = {
  json,
  avro,
  protobuf,
};

/**
 * @param name of the topic on the broker
 * @param timeOf event time of a row, ms; its topic is merged with others by it. @default 0: rows come as they
 * stand in the topic
 */
export function foreignTopic(
  name: string,
  foreign: ForeignFormat,
  timeOf: (row: ForeignRow['row']) => number = () => 0,
): AnyTopic {
  return defineTopic({
    name,
    doc: 'A topic of another system.',
    key: 'its own',
    foreign,
    notInSql: 'all',
    // What is said here of its schema is for the docs alone: the records have their own.
    schema: record('ForeignRow', 'A row of another system.', [{ name: 'at', type: timestamp }]),
    keyOf: () => '',
    timeOf: (given) => timeOf((given as unknown as ForeignRow).row),
  });
}
