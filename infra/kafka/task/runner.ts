// Runs one task: takes what was fetched in order of time, steps it in memory, commits it in
// transactions. While one transaction is on its way, the next is gathered already.
import type { Task } from '../../../streams/engine/task.ts';
import { type InputGap, metadataOf } from '../committed.ts';
import { keptAs } from '../places.ts';
import { positionOf } from '../positions.ts';
import type { Brought, Fetched } from '../reading.ts';
import type { TransactionalProducer } from '../transactional-producer.ts';
import { Asked, notAnswered } from './asked.ts';
import type { TaskEnvironment } from './environment.ts';
import { TaskInbox } from './inbox.ts';
import { outboxOf } from './outbox-of.ts';
import { Stepper } from './stepper.ts';
import type { Taken } from './taken.ts';

/**
 * Time for which a transaction of nothing but questions leaves the group's offsets as they are, ms: they
 * moved past records that are passed over, and the position beside the state says so in any case.
 */
const offsetsEveryMs = 200;

/** Number of records stepped before other work of the process has its turn. */
const recordsPerTurn = 128;

export class TaskRunner {
  readonly inbox: TaskInbox;
  private readonly env: TaskEnvironment;
  private readonly task: Task;
  private readonly producer: TransactionalProducer;
  private readonly stepper: Stepper;
  /** What was asked and is not stepped yet. */
  private waiting: Asked[] = [];
  private wake: (() => void) | undefined;
  private closed = false;
  private committing: Promise<void> | undefined;
  private failure: unknown;
  private committedOffsets: readonly number[];
  /** Whether something has come since the runner last waited. */
  private more = false;
  /** Time of the last transaction that carried the group's offsets, ms of the environment's clock. */
  private offsetsAt = Number.NEGATIVE_INFINITY;
  /** Time at which the task last got on, ms of the environment's clock. */
  private movedAt: number;

  /**
   * @param start next offset of each input
   * @param mutedBelow by input, the offset below which outputs were committed before a restart
   */
  constructor(
    env: TaskEnvironment,
    task: Task,
    producer: TransactionalProducer,
    start: readonly number[],
    mutedBelow: readonly number[],
  ) {
    this.env = env;
    this.task = task;
    this.producer = producer;
    this.inbox = new TaskInbox(env, start);
    this.stepper = new Stepper(env, task, start, mutedBelow);
    this.committedOffsets = [...start];
    this.movedAt = env.clock.now();
  }

  /** Whether no record is held and no transaction is open. */
  get idle(): boolean {
    if (this.failure) return false; // what it held is read again by its next life
    const open = this.stepper.count > 0 || this.waiting.length > 0 || this.committing;
    return !open && this.inbox.empty;
  }

  /** Next offset of an input by the last commit. */
  committedOf(input: number): number {
    return this.committedOffsets[input]!;
  }

  /** Time that the task has had records without getting on, ms. */
  get stuckMs(): number {
    return this.idle ? 0 : this.env.clock.now() - this.movedAt;
  }

  /** Takes what a fetch has brought, see `TaskInbox.offer`. @param round the round in which it was asked for */
  offer(input: number, fetched: Fetched, round: number): Brought {
    if (this.idle) this.movedAt = this.env.clock.now();
    const brought = this.inbox.offer(input, fetched, round);
    this.signal();
    return brought;
  }

  /**
   * Goes past input that is not there any more. @throws MillraceError `input-gap`, where the policy is to halt
   */
  missed(gap: InputGap): void {
    this.stepper.missed(gap);
    this.inbox.missed(gap);
    this.passGaps(gap.input);
    this.signal();
  }

  /**
   * Steps an event that somebody asks about in the next transaction. It takes its place by its time among
   * what was fetched, and waits while more could be fetched.
   */
  ask(asked: Asked): void {
    if (this.closed || this.failure) {
      asked.refuse(this.interrupted());
      return;
    }
    if (this.idle) this.movedAt = this.env.clock.now();
    this.waiting.push(asked);
    asked.onWithdrawn = () => {
      this.waiting = this.waiting.filter((one) => one !== asked);
    };
    this.signal();
  }

  close(): void {
    this.closed = true;
    this.signal();
  }

  /**
   * Runs until the task is closed and everything stepped is committed. Rejects if a transaction
   * fails.
   */
  async run(): Promise<void> {
    try {
      while (!this.closed) {
        await this.gatherUntilDue();
        if (this.stepper.count > 0) this.commit();
      }
      await this.committing;
      if (this.failure) throw this.failure;
    } catch (error) {
      this.failure ??= error;
      throw error;
    } finally {
      this.stepper.refuseAsked(this.failure);
      for (const asked of this.waiting.splice(0)) asked.refuse(this.interrupted());
    }
  }

  private interrupted() {
    return notAnswered(this.env.stage, this.task.partition, this.failure);
  }

  /** Gathers until the open transaction is due and the last one is through. */
  private async gatherUntilDue(): Promise<void> {
    const { commitEveryMs, clock, limits } = this.env;
    let opened: number | undefined;
    for (;;) {
      const more = await this.gather();
      if (this.failure) throw this.failure;
      const { count, flush, full } = this.stepper;
      if (count > 0) opened ??= clock.now();
      const waiting = more && commitEveryMs === 0 ? limits.ms : commitEveryMs;
      const left = opened === undefined ? undefined : opened + waiting - clock.now();
      const due = this.closed || (left !== undefined && (flush || full || left <= 0));
      if (due && !this.committing) return;
      // While the last transaction is on its way there is time for more than is due.
      if (!more || full) await this.somethingOr(due ? undefined : soonest(left, this.inbox.waitMs));
    }
  }

  /** Steps the records that may be stepped. @returns whether there are more to step at once */
  private async gather(): Promise<boolean> {
    for (let turn = 1; !this.stepper.full; turn++) {
      const taken = this.closed ? undefined : this.next();
      if (!taken) return false;
      if (taken instanceof Promise) await taken;
      else if (taken instanceof Asked) this.stepper.ask(taken);
      else {
        this.stepper.step(taken);
        this.passGaps(taken.input);
      }
      // The fetching, and every other part of the process, want their turn.
      if (turn % recordsPerTurn === 0) {
        await this.env.clock.turn();
        return true;
      }
    }
    return true;
  }

  private next(): Taken | Asked | Promise<void> | undefined {
    const [asked] = this.waiting;
    if (!asked || !this.inbox.current) return this.inbox.take();
    return this.inbox.takeUntil(asked.at) ?? this.waiting.shift();
  }

  /** Goes past the gaps of an input once every record before them is stepped. */
  private passGaps(input: number): void {
    if (this.inbox.heldOf(input) === 0) this.stepper.passGaps(input);
  }

  /** Seals the open transaction and sends it on its way. */
  private commit(): void {
    const { clock, inputs, nameOf, groupId, stage, instruments, partitions } = this.env;
    const { inbox, stepper, task } = this;
    const { count: records, muted, positions } = stepper;
    // Past markers and aborted records, where nothing is held before them.
    for (const input of inputs.keys()) {
      if (inbox.heldOf(input) === 0) positions[input] = inbox.fetchedOf(input);
    }
    const offsets = inputs.map((topic, input) => ({
      topic: nameOf(topic),
      partition: partitions?.[input] ?? task.partition,
      offset: positions[input]!,
    }));
    const consumed = { groupId, metadata: metadataOf(task.streamTime), offsets };
    const read = offsets.map(({ topic: name, partition, offset }) => ({
      topic: keptAs({ name, partition }, task.partition),
      offset,
    }));
    const position = positionOf(groupId, task.partition, task.streamTime, read, clock.date());
    const { dead, asked } = stepper.seal();
    const traced = task.tracer?.seal();
    const sealed = task.seal();
    const outbox = outboxOf(this.env, task, { ...sealed, dead, asked }, position);
    const started = clock.now();
    this.movedAt = started;
    const asksAlone = records === asked.length && started - this.offsetsAt < offsetsEveryMs;
    if (!asksAlone) this.offsetsAt = started;
    const sent = muted
      ? Promise.resolve(new Map<string, number>())
      : this.producer.commit(outbox, asksAlone ? undefined : consumed);
    this.committing = sent
      .then((ends) => {
        this.committedOffsets = offsets.map(({ offset }) => offset);
        this.committed(ends, records, clock.now() - started);
        traced?.();
        const { onOutput } = this.env;
        if (onOutput) for (const { topic, event } of sealed.outputs) onOutput(topic, event);
        for (const one of asked) one.committed();
      })
      .catch((error: unknown) => {
        this.failure = error;
        traced?.(error);
        for (const one of asked) one.refuse(this.interrupted());
        instruments.aborted(stage, task.partition);
      })
      .finally(() => {
        this.committing = undefined;
        this.signal();
      });
  }

  private committed(ends: ReadonlyMap<string, number>, records: number, ms: number): void {
    const { counters, instruments, nameOf, stage, clock } = this.env;
    const { partition } = this.task;
    this.task.commit(({ changelog }) => ends.get(`${nameOf(changelog)}/${partition}`));
    this.movedAt = clock.now();
    counters.processed += records;
    counters.commits++;
    counters.commitMs += 0.1 * (ms - counters.commitMs);
    instruments.committed(stage, partition, records, ms / 1000);
  }

  private signal(): void {
    this.more = true;
    this.wake?.();
  }

  /** Waits for news, at most `ms`. @param ms longest wait, ms. @default no limit */
  private async somethingOr(ms?: number): Promise<void> {
    if (!this.more) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.wake = resolve;
      const callOff = ms === undefined ? undefined : this.env.clock.after(Math.max(0, ms), resolve);
      await promise;
      callOff?.();
      this.wake = undefined;
    }
    this.more = false;
  }
}

/** The shorter of the time left to a deadline and of a wait that is none if 0, both ms. */
function soonest(left: number | undefined, wait: number): number | undefined {
  if (wait === 0) return left;
  return left === undefined ? wait : Math.min(left, wait);
}
