// A topic of another system, as the streams see it: rows with their bytes, in the order of the topic.
import { record, timestamp } from '../../schemas/avro.ts';
import { type AnyTopic, defineTopic, type ForeignFormat } from '../../schemas/topic.ts';

/** A record of another system. */
export interface ForeignRow {
  /** What it says: an object of plain values. */
  readonly row: { readonly [name: string]: unknown };
  /** The bytes of the record. */
  readonly raw: Buffer;
  readonly key: string | null;
  /** Timestamp of the record, ms; says nothing of the time of the event. */
  readonly at: number;
}

/** @param name of the topic on the broker */
export function foreignTopic(name: string, format: ForeignFormat): AnyTopic {
  return defineTopic({
    name,
    doc: 'A topic of another system.',
    key: 'its own',
    foreign: format,
    notInSql: 'all',
    // What is said here of its schema is for the docs alone: the records have their own.
    schema: record('ForeignRow', 'A row of another system.', [{ name: 'at', type: timestamp }]),
    keyOf: () => '',
    // The only input of its stage: its records come in the order in which they stand.
    timeOf: () => 0,
  });
}
