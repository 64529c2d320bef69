// A record that was skipped, as it goes to dead-letters: from where, why, and its original bytes.
import type { Incoming } from '../../schemas/codec.ts';
import { codeOf } from '../../schemas/errors.ts';
import type { AnyTopic } from '../../schemas/topic.ts';
import { type DeadLetter, deadLetters } from '../../schemas/topics/dead-letters.ts';
import type { Output } from './task.ts';

/** Characters kept of a key and of a reason, so that room is left for the data. */
const mostKey = 500;
const mostReason = 2_000;

/** Bytes left for the other fields and their lengths. */
const framing = 500;

/** Largest size of a record, bytes, unless it is configured: what brokers take by default. */
export const mostBytes = 1_000_000;

export interface Place {
  readonly topic: AnyTopic;
  /** Partition of the record; null for a record that was never written. */
  readonly partition: number | null;
  /** Name of the stage or enricher that skips it. */
  readonly by: string;
}

/** An input record that is skipped. */
export interface SkippedRecord extends Incoming {
  /** Event time, ms; the record's timestamp where there is no event. */
  readonly at: number;
  readonly offset: number;
}

/**
 * The dead letter of an input record.
 * @param most largest size of the dead letter, bytes; the end of a larger record is left out
 */
export function deadLetterOf(
  place: Place,
  { at, offset, key, value }: SkippedRecord,
  error: unknown,
  most: number,
): Output {
  const data = value ?? Buffer.alloc(0);
  return recordOf(place, { at, offset, key: key?.toString() ?? null, data }, error, most);
}

/** The dead letter of an output that was never written, which has no offset. */
export function unwrittenOf(
  place: Place,
  event: unknown,
  data: Buffer,
  error: unknown,
  most: number,
): Output {
  const { topic } = place;
  const of = { at: topic.timeOf(event), offset: null, key: topic.keyOf(event), data };
  return recordOf(place, of, error, most);
}

/** The dead letter of input that is not there any more: it names the range, and has no bytes. */
export function missedOf(
  place: Place,
  { from }: { readonly from: number },
  at: number,
  error: unknown,
  most: number,
): Output {
  return recordOf(place, { at, offset: from, key: null, data: Buffer.alloc(0) }, error, most);
}

function recordOf(
  { topic, partition, by }: Place,
  of: Pick<DeadLetter, 'at' | 'offset' | 'key'> & { readonly data: Buffer },
  error: unknown,
  most: number,
): Output {
  const origin = topic.name;
  const key = of.key?.slice(0, mostKey) ?? null;
  const said = (error instanceof Error ? error.message : String(error)).slice(0, mostReason);
  const taken = 2 * Buffer.byteLength(key ?? origin) + Buffer.byteLength(said);
  const data = of.data.subarray(0, Math.max(0, most - framing - taken));
  const cut = data.length < of.data.length;
  const reason = cut ? `${said} (${data.length} of ${of.data.length} bytes are kept)` : said;
  const code = codeOf(error);
  const event = { at: of.at, origin, partition, offset: of.offset, line: null, code, reason, key };
  return { topic: deadLetters, event: { ...event, data, skippedBy: by } satisfies DeadLetter };
}
