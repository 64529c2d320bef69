// The records of its inputs that a stage has left out for good, as its dead letters tell. Some were judged
// by the clock of the moment or by a setting since changed: who reads them again must not judge anew.
import { type DeadLetter, deadLetters } from '../../schemas/topics/dead-letters.ts';
import { decodeOrSkip } from './decode-or-skip.ts';
import type { PositionReading } from './positions.ts';
import { readTopics } from './read-to-end.ts';

export interface LeftOut {
  /** Whether the stage has left out a record of an input. */
  has(topic: string, offset: number): boolean;
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
  const found = new Set<string>();
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
          found.add(`${letter.origin}/${letter.offset}`);
        }
      }
    },
  });
  await reader.caughtUp;
  return { has: (topic, offset) => found.has(`${topic}/${offset}`), complete };
}
