// The context of a record in a trace, as a header; read and written only where somebody follows traces.
import {
  type HandledEvent,
  type TraceParent,
  traceHeader,
} from '../../../streams/engine/tracing.ts';
import type { FetchedRecord } from '../wire/batch-reader.ts';
import { noHeaders, type RecordHeader } from '../wire/batch-writer.ts';
import type { Taken } from './taken.ts';

const name = Buffer.from(traceHeader);

/** The header of a context; none for none. */
export function tracedBy(context: TraceParent | undefined): readonly RecordHeader[] {
  return context === undefined ? noHeaders : [{ name, value: Buffer.from(context) }];
}

/** Context that a record came with; undefined for none. */
export function contextIn(record: FetchedRecord): TraceParent | undefined {
  return record.header(traceHeader)?.toString();
}

/** What a tracer is told of a record. */
export function handledOf(taken: Taken, partition: number): HandledEvent {
  const { topic, record, fetchedAt } = taken;
  const { offset, timestamp } = record;
  return {
    ...{ topic, partition, offset, parent: contextIn(record) },
    ...{ writtenAt: timestamp, fetchedAt },
  };
}
