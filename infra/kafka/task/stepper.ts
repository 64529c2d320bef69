// Steps records through the logic of a task, and deals with those that cannot be: unreadable ones, and
// ones on which the logic throws.
import { codeOf, MillraceError } from '../../../schemas/errors.ts';
import { deadLetterOf, missedOf } from '../../../streams/engine/dead-letter.ts';
import type { Output, Task } from '../../../streams/engine/task.ts';
import type { InputGap } from '../committed.ts';
import { asStepFailure, inputGap } from '../failures.ts';
import { type Asked, notAnswered } from './asked.ts';
import type { TaskEnvironment } from './environment.ts';
import type { Taken } from './taken.ts';
import { handledOf } from './traced.ts';

export class Stepper {
  /** Number of records in the open transaction, skipped ones included. */
  count = 0;
  /** Whether somebody waits for what comes of a record in the open transaction. */
  flush = false;
  /** Next offset to commit, of each input. */
  readonly positions: number[];
  private readonly env: TaskEnvironment;
  private readonly task: Task;
  /** By input, the offset below which outputs were committed before a restart. */
  private readonly mutedBelow: readonly number[];
  /**
   * Records stepped in the open transaction; if one is poisoned the others are stepped again
   * without it.
   */
  private stepped: (Taken | Asked)[] = [];
  /** Number of records in the open transaction that were stepped again because of poisoned ones. */
  private steppedAgain = 0;
  private dead: Output[] = [];
  /** What was asked in the open transaction. */
  private asked: Asked[] = [];
  /** Gaps that the task has not come to yet. */
  private gaps: InputGap[] = [];

  constructor(
    env: TaskEnvironment,
    task: Task,
    start: readonly number[],
    mutedBelow: readonly number[],
  ) {
    this.env = env;
    this.task = task;
    this.positions = [...start];
    this.mutedBelow = mutedBelow;
  }

  /** Whether the open transaction should take no more records. */
  get full(): boolean {
    const { records } = this.env.limits;
    return this.count >= records || this.steppedAgain >= records;
  }

  /** Whether everything in the open transaction was committed before a restart. */
  get muted(): boolean {
    if (this.asked.length > 0) return false;
    return this.positions.every((next, input) => next <= this.mutedBelow[input]!);
  }

  /**
   * Steps a record.
   * @throws MillraceError `step-failed`, and what cannot be decoded, where the policy is to halt
   */
  step(taken: Taken): void {
    if (this.gaps.length > 0) this.passGaps(taken.input, taken.record.offset);
    this.count++;
    this.flush ||= this.env.flushOn.includes(taken.topic);
    if (taken.error === undefined) this.tryStep(taken);
    else if (taken.error instanceof MillraceError) this.unreadable(taken, taken.error);
    // The topic's own way of telling the time has thrown.
    else this.poisoned(taken, taken.error);
  }

  /** Steps what somebody asks about. If the logic throws, they hear of it, and the rest goes on. */
  ask(asked: Asked): void {
    this.count++;
    this.flush = true;
    try {
      asked.step(this.task);
      this.stepped.push(asked);
      this.asked.push(asked);
    } catch (error) {
      asked.refuse(error);
      if (error instanceof MillraceError && error.remedy === 'retry') throw error;
      this.stepAgain();
    }
  }

  /** Tells those who asked in the open transaction that nothing comes of it. */
  refuseAsked(cause: unknown): void {
    const error = notAnswered(this.env.stage, this.task.partition, cause);
    for (const asked of this.asked.splice(0)) asked.refuse(error);
  }

  /**
   * Notes that input is not there any more; `passGaps` goes past it.
   * @throws MillraceError `input-gap`, where the policy is to halt
   */
  missed(gap: InputGap): void {
    if (this.env.policy.gap === 'halt') throw this.gapError(gap);
    this.gaps.push(gap);
  }

  /**
   * Goes past the gaps of an input, each in the transaction that moves the position past it: so it is
   * one dead letter, however often the task begins anew.
   * @param before only gaps that end at or before this offset. @default every gap of the input
   */
  passGaps(input: number, before = Number.POSITIVE_INFINITY): void {
    const { stage, inputs, policy, counters, instruments } = this.env;
    const { streamTime } = this.task;
    const partition = this.partitionOf(input);
    const isPassed = (gap: InputGap) => gap.input === input && gap.to <= before;
    for (const gap of this.gaps.filter(isPassed)) {
      const topic = inputs[input]!;
      const at = Number.isFinite(streamTime) ? streamTime : 0;
      const place = { topic, partition, by: stage };
      this.dead.push(missedOf(place, gap, at, this.gapError(gap), policy.maxRecordBytes));
      this.positions[input] = gap.to;
      this.count++;
      counters.skipped++;
      instruments.missed(stage, topic.name, Math.max(0, gap.to - gap.from));
    }
    this.gaps = this.gaps.filter((gap) => !isPassed(gap));
  }

  /** Ends the open transaction. @returns the dead letters it carries, and what was asked in it */
  seal(): { readonly dead: Output[]; readonly asked: Asked[] } {
    const { dead, asked } = this;
    this.count = 0;
    this.flush = false;
    this.stepped = [];
    this.steppedAgain = 0;
    this.dead = [];
    this.asked = [];
    return { dead, asked };
  }

  private tryStep(taken: Taken): void {
    try {
      this.process(taken);
      this.stepped.push(taken);
    } catch (error) {
      // Not the fault of the record: a store on disk, for one, that could not be read.
      if (error instanceof MillraceError && error.remedy === 'retry') throw error;
      this.poisoned(taken, error);
    }
    this.positions[taken.input] = taken.record.offset + 1;
  }

  private gapError(gap: InputGap): MillraceError {
    const { inputs, nameOf } = this.env;
    return inputGap(nameOf(inputs[gap.input]!), this.partitionOf(gap.input), gap);
  }

  private partitionOf(input: number): number {
    return this.env.partitions?.[input] ?? this.task.partition;
  }

  private process(taken: Taken): void {
    const { task } = this;
    const { at, input, record, topic } = taken;
    const { offset } = record;
    const partition = this.partitionOf(input);
    task.muted = offset < this.mutedBelow[input]!;
    const metadata = { topic: topic.name, partition, offset };
    if (taken.forgets) task.processForgotten(record.key?.toString() ?? '', metadata);
    else {
      const handled = task.tracer && !task.muted ? handledOf(taken, partition) : undefined;
      task.process(taken.takeEvent(), at, metadata, handled);
    }
  }

  private unreadable(taken: Taken, error: unknown): void {
    if (this.env.policy.undecodable === 'skip') this.skip(taken, error);
    else throw this.unreadableHere(taken, error);
  }

  /**
   * The logic threw in the middle of its work. What it changed is taken back by stepping the open
   * transaction again without it; a stage with a snapshot throws before it changes anything.
   */
  private poisoned(taken: Taken, error: unknown): void {
    if (this.env.policy.poison === 'halt') throw this.stepFailed(taken, error);
    if (!this.task.logic.snapshot) this.stepAgain();
    this.skip(taken, asStepFailure(error));
  }

  /** Takes back the open transaction, and steps again what it was made of. */
  private stepAgain(): void {
    this.task.rollback();
    for (const before of this.stepped) {
      if ('record' in before) this.process(before);
      else before.step(this.task);
    }
    this.steppedAgain += this.stepped.length;
  }

  /** The place of a record as people find it: its offset, and `topic/partition`. */
  private placeOf(taken: Taken): string {
    return `${taken.record.offset} of ${taken.topic.name}/${this.partitionOf(taken.input)}`;
  }

  private unreadableHere(taken: Taken, cause: unknown): MillraceError {
    return new MillraceError({
      code: codeOf(cause),
      what: `${this.env.stage} cannot read the record ${this.placeOf(taken)}.`,
      why: cause instanceof Error ? cause.message : String(cause),
      todo: 'With ON_UNDECODABLE_RECORD=skip it goes to dead-letters, and the stage goes on.',
      cause,
    });
  }

  private stepFailed(taken: Taken, cause: unknown): MillraceError {
    return new MillraceError({
      code: 'step-failed',
      what: `A step of ${this.env.stage} failed on the record ${this.placeOf(taken)}.`,
      why: cause instanceof Error ? (cause.stack ?? cause.message) : String(cause),
      todo: 'Mend the step; or set ON_POISON_RECORD=skip, and the record goes to dead-letters.',
      cause,
    });
  }

  private skip(taken: Taken, error: unknown): void {
    const { stage, counters, instruments, policy } = this.env;
    const { input, record, topic } = taken;
    counters.skipped++;
    instruments.skipped(stage, codeOf(error));
    if (record.offset >= this.mutedBelow[input]!) {
      const { offset, key, value, timestamp } = record;
      const at = Number.isFinite(taken.at) ? taken.at : Math.max(0, timestamp);
      const place = { topic, partition: this.partitionOf(input), by: stage };
      this.dead.push(deadLetterOf(place, { at, offset, key, value }, error, policy.maxRecordBytes));
    }
    this.positions[input] = record.offset + 1;
  }
}
