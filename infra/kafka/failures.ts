// The failures of the runtime as people are told of them.
import { MillraceError } from '../../schemas/errors.ts';
import type { AnyTopic } from '../../schemas/topic.ts';
import { brokerError, isClientError } from './broker-errors.ts';
import type { InputGap } from './committed.ts';
import { typeOf } from './wire/cluster.ts';

/**
 * Whether a new try may end otherwise: most of the brokers' troubles pass, while an error of a step comes
 * again, and so does a refusal of a login or of a right.
 */
export function mayPass(error: unknown): boolean {
  const known = forPeople(error);
  return known instanceof MillraceError && known.remedy === 'retry';
}

/** The error with which a stage or enricher ends, after a failure that no restart has mended. */
export function stageFailed(name: string, cause: unknown): MillraceError {
  const error = forPeople(cause);
  return new MillraceError({
    code: 'stage-failed',
    what: `The stage ${name} could not go on.`,
    why: error instanceof Error ? error.message : String(error),
    todo: 'Nothing is lost: what it had not committed is read again at the next start.',
    cause: error,
  });
}

/** An error with a word on what to do; the client's own errors say only what failed. */
export function forPeople(error: unknown): unknown {
  return isClientError(error) ? brokerError(error) : error;
}

/** The error for a record that stops whoever reads it; it names the record's place. */
export function haltedBy(place: string, cause: unknown): MillraceError {
  const error = forPeople(cause);
  const failure = asStepFailure(error);
  const todo =
    'Mend what failed; or set ON_POISON_RECORD=skip, and the record goes to dead-letters.';
  return new MillraceError({
    code: failure.code,
    what: `It failed on the record ${place}.`,
    why: failure.message,
    // Errors of ours say themselves what to do.
    ...(failure === error ? {} : { todo }),
    cause: error,
  });
}

/** An error that a step threw, with a code for the dead letter of its record. */
export function asStepFailure(cause: unknown): MillraceError {
  if (cause instanceof MillraceError) return cause;
  const what = cause instanceof Error ? cause.message : String(cause);
  return new MillraceError({ code: 'step-failed', what, cause });
}

/**
 * The error for a topic that is not there.
 * @param use what needs the topic, such as `serve reads`
 */
export function topicMissing(topic: string, use: string, foreign = false): MillraceError {
  return new MillraceError({
    code: 'topic-missing',
    what: `The topic ${topic}, which ${use}, does not exist.`,
    why: foreign ? 'It is yours: Millrace does not make it.' : 'It was deleted, or never made.',
    todo: foreign
      ? 'Name it in `sources` of millrace.yaml as the broker has it, or make it; it is looked for again and again.'
      : 'Start Millrace again: it creates its topics. What a deleted topic held is gone.',
    remedy: 'retry',
  });
}

/** The error for input that a task had yet to read and that is not there any more. */
export function inputGap(
  topic: string,
  partition: number,
  { from, to }: Pick<InputGap, 'from' | 'to'>,
): MillraceError {
  const deleted = to > from;
  return new MillraceError({
    code: 'input-gap',
    what: deleted
      ? `The records ${from} to ${to - 1} of ${topic}/${partition} were deleted before they were read.`
      : `${topic}/${partition} ends before offset ${from}, up to which it was read.`,
    why: deleted
      ? 'Retention removed them while nobody read, so what they would have changed is not known.'
      : 'The topic was deleted and made anew, so the state is of other records than there are.',
    todo: 'Set ON_INPUT_GAP=skip to go on from what is there; a dead letter then names the range.',
  });
}

/**
 * The error for a batch that a broker refuses for its size or its timestamps; undefined for any
 * other error.
 */
export function refusedBatch(error: unknown, what: string): MillraceError | undefined {
  const type = typeOf(error) ?? typeOf((error as { cause?: unknown }).cause) ?? '';
  if (type === 'INVALID_TIMESTAMP') return timestampRefused(error, what);
  if (type !== 'MESSAGE_TOO_LARGE' && type !== 'RECORD_LIST_TOO_LARGE') return undefined;
  return new MillraceError({
    code: 'record-too-large',
    what: `The broker refuses a record batch of ${what} as too large.`,
    why: 'max.message.bytes of the topic is lower than MAX_RECORD_BYTES.',
    todo: 'Raise max.message.bytes of the topic, or lower MAX_RECORD_BYTES.',
    cause: error,
  });
}

/** Records are stamped by the clock here, so what a broker minds is that clock or its own. */
function timestampRefused(error: unknown, what: string): MillraceError {
  return new MillraceError({
    code: 'timestamp-refused',
    what: `The broker refuses the timestamps of records of ${what}.`,
    why: 'The clocks of this machine and of the broker differ by more than message.timestamp.after.max.ms (an hour by default) or message.timestamp.before.max.ms of the topic.',
    todo: 'Set both clocks (by NTP), then it goes on; or raise the limit of the topic.',
    remedy: 'retry',
    cause: error,
  });
}

/** The error for a record that is larger than it may be. */
export function tooLarge(topic: string, key: string, bytes: number, most: number): MillraceError {
  return new MillraceError({
    code: 'record-too-large',
    what: `A record for ${topic} has ${bytes} bytes, and ${most} are allowed.`,
    why: `Its key is ${JSON.stringify(key.slice(0, 100))}.`,
    todo: 'Raise MAX_RECORD_BYTES and max.message.bytes of the topic, or set ON_OVERSIZED_RECORD=skip.',
  });
}

/** The error for a question about a partition that this process does not have. */
export function askedElsewhere(stage: string, partition?: number): MillraceError {
  return new MillraceError({
    code: 'asked-elsewhere',
    what: `${stage}${partition === undefined ? '' : `/${partition}`} does not run here now.`,
    why: 'Another member has the partition, or the stage begins anew.',
    todo: 'Ask the member that has it, or again in a moment.',
    remedy: 'retry',
  });
}

/** The error for a question that a stage cannot be asked. */
export function askUnsupported(stage: string, { name }: Pick<AnyTopic, 'name'>): MillraceError {
  return new MillraceError({
    code: 'ask-unsupported',
    what: `${stage} cannot be asked about an event of ${name}.`,
    why: 'It does not read that topic; or it keeps its state as snapshots, and makes it anew from the log alone.',
    todo: 'Send the event to its topic.',
  });
}
