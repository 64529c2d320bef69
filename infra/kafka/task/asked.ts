// An event that somebody in this process asks about: it is stepped at once, without a way through the
// broker, and its record is written with what comes of it, in one transaction. So the answer is given when
// it is durable. The record says by a header which group has stepped it, and that group passes it over when
// it reads its input.
import { MillraceError } from '../../../schemas/errors.ts';
import type { AnyTopic } from '../../../schemas/topic.ts';
import type { Task } from '../../../streams/engine/task.ts';
import type { TraceParent } from '../../../streams/engine/tracing.ts';
import type { Clock } from '../clock.ts';
import type { FetchedRecord } from '../wire/batch-reader.ts';
import type { RecordHeader } from '../wire/batch-writer.ts';

const name = 'millrace-stepped-by';
const nameBytes = Buffer.from(name);

/** The header of a record that a group passes over: it has stepped it, or written it itself. */
export function steppedBy(groupId: string): RecordHeader {
  return { name: nameBytes, value: Buffer.from(groupId) };
}

/** Whether a group passes over a record. */
export function wasStepped(record: FetchedRecord, groupId: string): boolean {
  const by = record.header(name);
  return by !== undefined && by?.toString() === groupId;
}

/** What a stage has replied to an event. */
export interface Answered {
  readonly reply: unknown;
  /**
   * Whether the event and what came of it are committed. If not, their transaction was still on its way at
   * the deadline, and it may yet fail.
   */
  readonly durable: boolean;
}

/** What became of a question; `lost` is one whose transaction failed after it was answered early. */
export type AskOutcome = 'durable' | 'early' | 'withdrawn' | 'refused' | 'lost';

export class Asked {
  readonly topic: AnyTopic;
  readonly event: unknown;
  /** Event time, ms. */
  readonly at: number;
  /** Rejects if nothing came of the event: it was refused, withdrawn, or its transaction failed. */
  readonly answer: Promise<Answered>;
  /** Called when the question is withdrawn, that is at its deadline if it was not stepped by then. */
  onWithdrawn = () => {};
  private readonly onOutcome: (outcome: AskOutcome) => void;
  private readonly resolvers = Promise.withResolvers<Answered>();
  private callOff = () => {};
  private stepped = false;
  private settled = false;
  private reply: unknown;
  /** Context that the event comes with, and the one that its record carries; undefined for none. */
  parent: TraceParent | undefined;
  carried: TraceParent | undefined;

  /**
   * @param event an event that has passed the border
   * @param onOutcome hears what became of the question; after `early`, `lost` may follow
   */
  constructor(
    topic: AnyTopic,
    event: unknown,
    onOutcome: (outcome: AskOutcome) => void = () => {},
  ) {
    this.topic = topic;
    this.event = event;
    this.at = topic.timeOf(event);
    this.onOutcome = onOutcome;
    this.answer = this.resolvers.promise;
    this.answer.catch(() => {}); // whoever asked may have gone
  }

  /** Sets a deadline. @param ms time from now, ms */
  within(ms: number, clock: Pick<Clock, 'after'>): void {
    this.callOff = clock.after(ms, () => this.late(ms));
  }

  step(task: Task): void {
    this.reply = task.ask(this.topic, this.event, this.parent);
    this.carried = task.tracer?.output(this.topic);
    this.stepped = true;
  }

  committed(): void {
    if (this.settle('durable')) this.resolvers.resolve({ reply: this.reply, durable: true });
  }

  refuse(error: unknown): void {
    if (this.settle('refused')) this.resolvers.reject(error);
    else if (this.stepped) this.onOutcome('lost');
  }

  private late(ms: number): void {
    if (this.stepped) {
      if (this.settle('early')) this.resolvers.resolve({ reply: this.reply, durable: false });
    } else if (this.settle('withdrawn')) {
      this.onWithdrawn();
      this.resolvers.reject(tooLate(ms));
    }
  }

  private settle(outcome: AskOutcome): boolean {
    if (this.settled) return false;
    this.settled = true;
    this.callOff();
    this.onOutcome(outcome);
    return true;
  }
}

function tooLate(ms: number): MillraceError {
  return new MillraceError({
    code: 'ask-late',
    what: `The question was not come to within ${Math.round(ms)} ms.`,
    why: 'The task is behind its inputs, or its transactions do not get on.',
    todo: 'Ask again; look at the lag of the stage and at the broker. Nothing was written.',
    remedy: 'retry',
  });
}

/** The error for a question that a task cannot answer any more; another member may. */
export function notAnswered(stage: string, partition: number, cause: unknown): MillraceError {
  return new MillraceError({
    code: 'ask-interrupted',
    what: `The task ${stage}/${partition} ended before its answer was durable.`,
    why: cause instanceof Error ? cause.message : 'The partition goes to another member.',
    todo: 'Ask again with the same key: what was committed is answered as it was.',
    remedy: 'retry',
    cause,
  });
}
