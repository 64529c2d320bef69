// Hands one record to an enricher: again while it fails, then to the dead letters or to a halt.
import type { KafkaMessage } from 'kafkajs';
import type { Logger } from 'pino';
import { timeLetIn } from '../../../schemas/border.ts';
import { codeOf } from '../../../schemas/errors.ts';
import type { AnyTopic } from '../../../schemas/topic.ts';
import { type DeadLetter, deadLetters } from '../../../schemas/topics/dead-letters.ts';
import { deadLetterOf, missedOf } from '../../../streams/engine/dead-letter.ts';
import type { AsyncHandler } from '../../../streams/engine/enricher.ts';
import { type Tracing, traceHeader } from '../../../streams/engine/tracing.ts';
import type { Codecs } from '../../registry/registry.ts';
import type { Place } from '../decode-or-skip.ts';
import type { ErrorPolicy, LatestTime } from '../errors-policy.ts';
import { asStepFailure, forPeople, haltedBy, inputGap } from '../failures.ts';
import type { Instruments } from '../instruments.ts';
import { type AttemptOptions, attempt, Interrupted } from './attempt.ts';
import type { Missing } from './offsets.ts';
import type { EnricherOutput } from './output.ts';

export interface EventHandlerOptions {
  readonly name: string;
  /** One handler for each input of the enricher. */
  readonly handlers: readonly AsyncHandler[];
  readonly output: EnricherOutput;
  readonly codecs: Codecs;
  readonly policy: ErrorPolicy;
  readonly instruments: Instruments;
  /** @default nobody follows traces */
  readonly tracing?: Tracing | undefined;
  readonly log: Logger;
  /** Gives the latest event time of a topic that is let in now, ms. */
  readonly latest: LatestTime;
  /** Interrupts the work on a record when it aborts. */
  readonly signal: AbortSignal;
  readonly onHandled?: ((topic: AnyTopic, event: unknown) => void) | undefined;
}

export class EventHandler {
  private readonly options: EventHandlerOptions;

  constructor(options: EventHandlerOptions) {
    this.options = options;
  }

  /**
   * Resolves once the record needs no further look.
   * @param beat tells the group that this member is alive
   * @throws Interrupted; MillraceError that names the record, where it halts
   */
  async handle(place: Place, message: KafkaMessage, beat: () => Promise<void>): Promise<void> {
    const where = `${message.offset} of ${place.topic.name}/${place.partition}`;
    const { name, output } = this.options;
    const trying = this.trying(where, beat);
    let at = Math.max(0, Number(message.timestamp));
    const onTime = (time: number) => {
      at = time;
    };
    try {
      const work = () => attempt(() => this.once(place, message, onTime), trying);
      const given = await (this.options.tracing?.enrich(name, handledOf(place, message), work) ??
        work());
      if (!given) return;
      const dead = this.deadLetterFor(place, message, at, given.skipped);
      await attempt(() => output.emit(deadLetters, [dead]), trying);
    } catch (error) {
      if (error instanceof Interrupted) throw error;
      throw haltedBy(where, error);
    }
  }

  /**
   * Goes past input that is not there any more: a dead letter names it.
   * @throws Interrupted; MillraceError `input-gap`, where the policy is to halt
   */
  async missed(topic: AnyTopic, gap: Missing, beat: () => Promise<void>): Promise<void> {
    const { name, output, policy, instruments } = this.options;
    const error = inputGap(gap.topic, gap.partition, gap);
    if (policy.gap === 'halt') throw error;
    const place = { topic, partition: gap.partition, by: name };
    const dead = missedOf(place, gap, Date.now(), error, policy.maxRecordBytes).event as DeadLetter;
    const where = `${gap.from} of ${topic.name}/${gap.partition}`;
    await attempt(() => output.emit(deadLetters, [dead]), this.trying(where, beat));
    instruments.missed(name, topic.name, Math.max(0, gap.to - gap.from));
  }

  /** How the work on a record is tried again. */
  private trying(where: string, beat: () => Promise<void>): AttemptOptions {
    const { name, policy, log, signal } = this.options;
    return {
      policy,
      what: `The work of ${name} on the record ${where}`,
      beat,
      signal,
      onFailed: (error: unknown, failures: number, pause: number) => {
        const code = codeOf(forPeople(error));
        const fields = { enricher: name, record: where, code, failures, pause };
        log.warn({ ...fields, error: String(error) }, 'trying again');
      },
    };
  }

  /** @param onTime takes the time of an event that counts, ms */
  private async once(
    place: Place,
    message: KafkaMessage,
    onTime: (at: number) => void,
  ): Promise<void> {
    const { handlers, codecs, onHandled } = this.options;
    const { topic } = place;
    const event = message.value && (await codecs.take(topic, message));
    if (!event) return;
    onTime(timeLetIn(topic, event, this.options.latest(topic)));
    const handled = handlers.find((one) => one.topic === topic)!.handle(event);
    if (handled) await handled;
    onHandled?.(topic, event);
  }

  private deadLetterFor(
    place: Place,
    message: KafkaMessage,
    at: number,
    cause: unknown,
  ): DeadLetter {
    const { name, instruments, policy } = this.options;
    const error = asStepFailure(cause);
    instruments.skipped(name, error.code);
    const { key, value, offset } = message;
    const record = { at, key, value, offset: Number(offset) };
    const of = { ...place, by: name };
    return deadLetterOf(of, record, error, policy.maxRecordBytes).event as DeadLetter;
  }
}

/** What a tracer is told of a message. */
function handledOf({ topic, partition }: Place, { offset, headers }: KafkaMessage) {
  const parent = headers?.[traceHeader];
  return {
    ...{ topic, partition, offset: Number(offset) },
    parent: Array.isArray(parent) ? undefined : parent?.toString(),
  };
}
