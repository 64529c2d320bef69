// Decoding outside a task, where no transaction can carry a dead letter: an unreadable record is left
// out with a word in the log, and stays in its topic.
import type { Logger } from 'pino';
import { codeOf, MillraceError } from '../../schemas/errors.ts';
import type { AnyTopic } from '../../schemas/topic.ts';
import type { Codecs } from '../registry/registry.ts';

export interface Place {
  readonly topic: AnyTopic;
  readonly partition: number;
}

/** The event of a record; undefined where it cannot be read. @throws `registry-unreachable` */
export async function decodeOrSkip(
  codecs: Codecs,
  { topic, partition }: Place,
  { value, offset }: { readonly value: Buffer | null; readonly offset: number | string },
  log: Logger,
): Promise<unknown | undefined> {
  try {
    return await codecs.decode(topic, value ?? Buffer.alloc(0));
  } catch (error) {
    if (!(error instanceof MillraceError) || error.remedy !== 'skip') throw error;
    const fields = { topic: topic.name, partition, offset, code: codeOf(error) };
    log.warn(fields, 'a record is left out');
    return undefined;
  }
}
