// One task in memory, with what a broker does to it: transactions of several records, one on its way
// while the next is open, transactions that fail, processes that die.
import { timeLetIn } from '../../../schemas/border.ts';
import { MillraceError } from '../../../schemas/errors.ts';
import type { AnyTopic } from '../../../schemas/topic.ts';
import { deadLetterOf, mostBytes } from '../dead-letter.ts';
import { snapshotTable } from '../snapshot-table.ts';
import type { Stage } from '../stage.ts';
import type { OpenBacking } from '../store.ts';
import type { TableSet } from '../table.ts';
import { type Output, type Sealed, Task } from '../task.ts';
import type { MemoryLogs, Stored } from './logs.ts';

/**
 * What may befall a task.
 * - `rollback`: the open transaction is given up; what it had read is read again.
 * - `abort`: the transaction on its way fails, and the open one with it.
 * - `restart`: the process dies with both; another one restores the task.
 * - `restart-committed`: the process dies after the transaction on its way was committed and before it
 *   heard of that.
 */
export type Fault = 'rollback' | 'abort' | 'restart' | 'restart-committed';

/**
 * Says what befalls the task now; undefined for nothing. Asked after each record and before each
 * commit.
 */
export type Faults = (at: { readonly stage: Stage; readonly task: Task }) => Fault | undefined;

export interface TransactionOptions {
  /** Records in a transaction at the most. @default 1 */
  readonly commitEvery?: number;
  /** Records of the next transaction that are processed before a commit is durable. @default 0 */
  readonly commitDelay?: number;
  /** Gives the latest event time that is let in now, ms. @default any is */
  readonly latest?: (() => number) | undefined;
  /** What befalls the task. @default nothing ever fails */
  readonly faults?: Faults;
  /**
   * Opens the storage of committed state; what a storage keeps over a restart is not restored
   * again.
   * @default in memory
   */
  readonly openBacking?: OpenBacking;
}

export interface ReaderEnvironment {
  readonly logs: MemoryLogs;
  readonly tables: TableSet;
  /** Appends the records of a transaction that is committed. */
  readonly write: (partition: number, sealed: Sealed, streamTime: number) => void;
  readonly options: TransactionOptions;
}

/** What a committed transaction leaves beside its offsets, for the task that goes on from there. */
interface Mark {
  /** Next offset of each input. */
  readonly positions: readonly number[];
  readonly streamTime: number;
}

/** The next record of an input that passed the border. */
interface Head {
  readonly input: number;
  readonly offset: number;
  readonly at: number;
  readonly event: unknown;
  /** Key of a record without a value, of an input that `forgets`. */
  readonly forgotten?: string;
}

export class MemoryReader {
  readonly stage: Stage;
  readonly partition: number;
  task: Task;
  private readonly env: ReaderEnvironment;
  private committed: Mark;
  private onItsWay: { readonly sealed: Sealed; readonly mark: Mark } | undefined;
  private positions: number[] = [];
  /** Records in the open transaction. */
  private gathered = 0;
  /** What the open transaction skips. */
  private dead: Output[] = [];
  /** By input, its next record, once it was judged. */
  private heads: (Head | undefined)[] = [];
  /** `topic/offset` of the records that were left out before, where records are read again. */
  private leftOut: ReadonlySet<string> = new Set();
  /** By input, the offset below which outputs were committed before the state was replayed. */
  private mutedBelow: readonly number[] = [];

  constructor(stage: Stage, partition: number, env: ReaderEnvironment) {
    this.stage = stage;
    this.partition = partition;
    this.env = env;
    const positions = stage.inputs.map(() => 0);
    this.committed = { positions, streamTime: Number.NEGATIVE_INFINITY };
    this.task = this.reopen();
  }

  /** Processes one record, or commits what is left. @returns whether there was anything to do */
  step(): boolean {
    const next = this.next();
    if (!next) return this.settle();
    this.process(next);
    if (this.befallen()) return true;
    const { commitEvery = 1, commitDelay = 0 } = this.env.options;
    if (this.onItsWay && this.gathered >= Math.min(commitDelay, commitEvery)) this.finish();
    if (this.gathered >= commitEvery) this.seal(commitDelay);
    return true;
  }

  /** The process ends, whatever is open, and another one takes over. */
  restart(): void {
    this.task.close();
    this.task = this.reopen();
  }

  /**
   * The earliest record among the heads of the inputs; of equal times, the input declared first.
   */
  private next(): Head | undefined {
    let next: Head | undefined;
    for (const input of this.stage.inputs.keys()) {
      const head = this.headOf(input);
      if (head && (!next || head.at < next.at)) next = head;
    }
    return next;
  }

  /** The next record of an input that passes the border; those before it are skipped. */
  private headOf(input: number): Head | undefined {
    const topic = this.stage.inputs[input]!;
    const log = this.logOf(topic);
    for (let record = log[this.positions[input]!]; record; record = log[this.positions[input]!]) {
      const offset = this.positions[input]!;
      const known = this.heads[input];
      if (known?.offset === offset) return known;
      if (this.leftOut.has(`${topic.name}/${offset}`)) {
        this.positions[input]!++;
        continue;
      }
      try {
        this.heads[input] = { input, offset, ...this.taken(topic, record) };
      } catch (error) {
        if (!(error instanceof MillraceError) || error.remedy !== 'skip') throw error;
        this.skip(topic, offset, record, error);
        this.positions[input]!++;
      }
    }
    return undefined;
  }

  /** The event of a record and its time. @throws MillraceError that the border has for it */
  private taken(
    topic: AnyTopic,
    { key, bytes: value }: Stored,
  ): Pick<Head, 'at' | 'event' | 'forgotten'> {
    if (value === null && topic.forgets) {
      return { at: Number.NEGATIVE_INFINITY, event: null, forgotten: key };
    }
    const event = this.env.logs.codecOf(topic).take({ key, value });
    return { at: timeLetIn(topic, event, this.latest()), event };
  }

  private latest(): number {
    return this.env.options.latest?.() ?? Number.POSITIVE_INFINITY;
  }

  private skip(topic: AnyTopic, offset: number, record: Stored, error: unknown): void {
    this.gathered++;
    if (offset < (this.mutedBelow[this.stage.inputs.indexOf(topic)] ?? 0)) return;
    const { key, bytes: value } = record;
    const at = Math.min(record.at, this.latest());
    const place = { topic, partition: this.partition, by: this.stage.name };
    this.dead.push(deadLetterOf(place, { at, offset, key, value }, error, mostBytes));
  }

  private process({ input, offset, at, event, forgotten }: Head): void {
    const { task, partition } = this;
    const topic = this.stage.inputs[input]!;
    this.positions[input]!++;
    task.muted = offset < (this.mutedBelow[input] ?? 0);
    const metadata = { topic: topic.name, partition, offset };
    if (forgotten !== undefined) task.processForgotten(forgotten, metadata);
    else task.process(event, at, metadata);
    this.gathered++;
  }

  private settle(): boolean {
    if (this.gathered === 0 && !this.onItsWay) return false;
    this.finish();
    if (this.gathered > 0) this.seal(0);
    return true;
  }

  private seal(delay: number): void {
    const { task } = this;
    const { streamTime } = task;
    // State that is replayed from an earlier offset has nothing to take back from the group.
    const positions = this.positions.map((at, i) => Math.max(at, this.committed.positions[i]!));
    const { outputs, changelog } = task.seal();
    const sealed = { outputs: [...outputs, ...this.dead], changelog };
    this.onItsWay = { sealed, mark: { positions, streamTime } };
    this.gathered = 0;
    this.dead = [];
    if (!this.befallen() && delay === 0) this.finish();
  }

  private finish(): void {
    if (!this.onItsWay) return;
    this.write(this.onItsWay);
    this.task.commit((store) => this.logOf(store.changelog).length);
  }

  private write({ sealed, mark }: NonNullable<typeof this.onItsWay>): void {
    this.env.write(this.partition, sealed, mark.streamTime);
    this.committed = mark;
    this.onItsWay = undefined;
  }

  private befallen(): boolean {
    const { stage, task } = this;
    const fault = this.env.options.faults?.({ stage, task });
    if (!fault) return false;
    if (fault === 'restart-committed' && this.onItsWay) this.write(this.onItsWay);
    // What a logic holds outside its stores cannot be taken back, only replayed.
    if (fault.startsWith('restart') || task.logic.snapshot) this.restart();
    else this.takeBack(fault);
    return true;
  }

  private takeBack(fault: Fault): void {
    if (fault === 'rollback') this.task.rollback();
    else {
      this.task.abort();
      this.onItsWay = undefined;
    }
    this.positions = [...(this.onItsWay?.mark ?? this.committed).positions];
    this.gathered = 0;
    this.dead = [];
  }

  /** A task with the state that was committed, from the changelogs and the latest snapshot. */
  private reopen(): Task {
    const { tables, logs, options } = this.env;
    const { stage, partition } = this;
    const { positions, streamTime } = this.committed;
    const { openBacking } = options;
    const task = new Task(stage, partition, tables, { openBacking, streamTime });
    for (const store of stage.stores) {
      const state = task.stateOf(store);
      const log = this.logOf(store.changelog);
      const codec = logs.codecOf(store.changelog);
      const changes = log
        .slice(state.checkpoint)
        .map(({ key, bytes }) => [key, bytes && codec.decode(bytes)] as const);
      if (changes.length > 0) state.restore(changes, log.length);
    }
    this.onItsWay = undefined;
    this.gathered = 0;
    this.dead = [];
    this.heads = [];
    this.positions = [...positions];
    const { snapshot } = task.logic;
    if (snapshot) {
      const latest = tables.of(snapshotTable).loadInto(snapshot);
      this.mutedBelow = positions;
      this.leftOut = logs.leftOut(stage.name, partition);
      this.positions = stage.inputs.map(({ name }) => {
        const from = latest?.offsets.find((o) => o.topic === name && o.partition === partition);
        return from?.offset ?? 0;
      });
    }
    return task;
  }

  private logOf(topic: AnyTopic): readonly Stored[] {
    return this.env.logs.of(topic)[this.partition] ?? [];
  }
}
