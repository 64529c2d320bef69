// A record that was skipped, as it goes to dead-letters: from where, why, and its original bytes.
import { codeOf } from '../../../schemas/errors.ts';
import type { AnyTopic } from '../../../schemas/topic.ts';
import { type DeadLetter, deadLetters } from '../../../schemas/topics/dead-letters.ts';
import type { Output } from '../../../streams/task.ts';
import type { FetchedRecord } from '../wire/batch-reader.ts';

/** A record as large as the broker allows would not fit a second time, with its reason. */
const most = 500_000;

/** The dead letter of an input record. */
export function deadLetterOf(
  topic: AnyTopic,
  partition: number,
  { key, value, offset, timestamp }: FetchedRecord,
  error: unknown,
): Output {
  return letter({
    ...reasonOf(error),
    at: timestamp,
    origin: topic.name,
    partition,
    offset,
    key: key?.toString() ?? null,
    data: (value ?? Buffer.alloc(0)).subarray(0, most),
  });
}

/** The dead letter of an output that was never written, so that it has no offset. */
export function unwrittenOf(
  topic: AnyTopic,
  partition: number,
  event: unknown,
  value: Buffer,
  error: unknown,
): Output {
  return letter({
    ...reasonOf(error),
    at: topic.timeOf(event),
    origin: topic.name,
    partition,
    offset: null,
    key: topic.keyOf(event),
    data: value.subarray(0, most),
  });
}

function reasonOf(error: unknown) {
  return { code: codeOf(error), reason: error instanceof Error ? error.message : String(error) };
}

function letter(of: Omit<DeadLetter, 'line'>): Output {
  return { topic: deadLetters, event: { ...of, line: null } };
}
