// Decoding outside a task, where no transaction can carry a dead letter: an unreadable record is left
// out with a word in the log, and stays in its topic.
import type { Logger } from 'pino';
import type { Incoming } from '../../schemas/codec.ts';
import { MillraceError } from '../../schemas/errors.ts';
import type { AnyTopic } from '../../schemas/topic.ts';
import type { Codecs } from '../registry/registry.ts';

export interface Place {
  readonly topic: AnyTopic;
  readonly partition: number;
}

/**
 * The event of a record; undefined where it cannot be read or used.
 * @param onLeftOut told of the code of a record that is left out
 * @throws `registry-unreachable`
 */
export async function decodeOrSkip(
  codecs: Codecs,
  { topic, partition }: Place,
  record: Incoming & { readonly offset: number | string },
  log: Logger,
  onLeftOut?: (code: string) => void,
): Promise<unknown | undefined> {
  try {
    return await codecs.take(topic, record);
  } catch (error) {
    if (!(error instanceof MillraceError) || error.remedy !== 'skip') throw error;
    const { offset } = record;
    const { code, why } = error;
    log.warn({ topic: topic.name, partition, offset, code, why }, 'a record is left out');
    onLeftOut?.(code);
    return undefined;
  }
}
