// The records of its inputs that a stage has left out for good, as its dead letters tell. Some were judged
// by the clock of the moment or by a setting since changed: who reads them again must not judge anew.
import { crc32c } from '@node-rs/crc32';
import { type DeadLetter, deadLetters } from '../../schemas/topics/dead-letters.ts';
import { decodeOrSkip } from './decode-or-skip.ts';
import type { PositionReading } from './positions.ts';
import { readTopics } from './read-to-end.ts';
import type { FetchedRecord } from './wire/batch-reader.ts';

export interface LeftOut {
  /**
   * Whether the stage has left out a record of an input. The bytes must be those of the dead letter,
   * as far as it has them: a topic that was made anew has other records at the same offsets.
   */
  has(topic: string, record: Pick<FetchedRecord, 'offset' | 'value'>): boolean;
  /** Whether the dead letters go back to the first that was written. */
  readonly complete: boolean;
}

/**
 * Reads what a stage has left out of a partition of its inputs. Its own transactions must have
 * ended, so fence the writers first.
 */
export async function readLeftOut(
  { kafka, codecs, nameOf, log, clock, retryForMs }: PositionReading,
  stage: string,
  partition: number,
): Promise<LeftOut> {
  /** Length and checksum of the bytes that are kept of a record, by `topic/offset`. */
  const found = new Map<string, { readonly bytes: number; readonly crc: number }>();
  let complete = true;
  await using reader = await readTopics({
    kafka,
    log,
    clock,
    retryForMs,
    topics: [nameOf(deadLetters)],
    from(_topic, _partition, low) {
      complete &&= low === 0;
      return low;
    },
    onRecords: async (_name, of, records) => {
      for (const record of records) {
        const place = { topic: deadLetters, partition: of };
        const letter = (await decodeOrSkip(codecs, place, record, log)) as DeadLetter | undefined;
        if (letter?.skippedBy === stage && letter.partition === partition) {
          const { origin, offset, data } = letter;
          found.set(`${origin}/${offset}`, { bytes: data.length, crc: crc32c(data) });
        }
      }
    },
  });
  await reader.caughtUp;
  return {
    complete,
    has(topic, { offset, value }) {
      const of = found.get(`${topic}/${offset}`);
      if (!of) return false;
      const data = value ?? Buffer.alloc(0);
      return data.length >= of.bytes && crc32c(data.subarray(0, of.bytes)) === of.crc;
    },
  };
}
