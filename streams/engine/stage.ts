// What a stage is: processors that share their inputs, stores and transaction on each partition.
//
// A stage's logic is synchronous and deterministic: no clock, no chance, no I/O. The runtimes
// (memory-runtime.ts, infra/kafka) feed it events merged by time and keep what it emits.
import type { AnyTopic, EventOf } from '../../schemas/topic.ts';
import type { Store, StoreDef } from './store.ts';
import type { TableDef, TableReader } from './table.ts';
import type { StageTrace } from './tracing.ts';

/** Where a record stands in its topic. */
export interface RecordMetadata {
  readonly topic: string;
  readonly partition: number;
  /** Offset in that partition; −1 for an event that somebody asks about, before it is in the log. */
  readonly offset: number;
}

/** What the logic of a stage may do with an event. */
export interface Context {
  /** The partition this task works on. */
  readonly partition: number;
  /** The greatest event time the task has seen, ms. */
  readonly streamTime: number;
  /** Writes an event; it becomes visible when the task commits. @throws `topic-undeclared` */
  emit<T extends AnyTopic>(topic: T, event: EventOf<T>): void;
  /** Writes that what is kept under a key is to be forgotten. @throws `topic-undeclared` */
  forget(topic: AnyTopic, key: string): void;
  /** A store of this task. @throws `store-undeclared` */
  store<T extends AnyTopic>(def: StoreDef<T>): Store<EventOf<T>>;
  /** Milliseconds since a fixed moment, for measuring a decision; 0 in memory. */
  elapsed(): number;
  /**
   * Answers whoever asked for the event that is handled; they hear of it once it is committed. It goes
   * nowhere if the event came from the log.
   */
  reply(answer: unknown): void;
  /** For those who follow what becomes of an event; nothing of it changes what is written. */
  readonly trace: StageTrace;
}

/** How a stage handles the events of one input. */
export interface Handler<T extends AnyTopic = AnyTopic> {
  readonly topic: T;
  /** Handles one event; events come in order of time. */
  readonly handle: (event: EventOf<T>, context: Context, record: RecordMetadata) => void;
  /**
   * Handles a record without a value, of a topic that `forgets`.
   * @default nothing is kept under keys of the topic
   */
  readonly forget?: Forget | undefined;
}

/** Forgets what is kept under a key. */
type Forget = (key: string, context: Context, record: RecordMetadata) => void;

/** Binds a handler to an input: the event arrives with the type of its topic. */
export function on<T extends AnyTopic>(
  topic: T,
  handle: Handler<T>['handle'],
  forget?: Forget,
): Handler<T> {
  return { topic, handle, forget };
}

export interface StageLogic {
  /** One handler for each input of the stage. */
  readonly handlers: readonly Handler[];
  /** Called when stream time has moved, before the event that moved it is handled. */
  advance?(context: Context): void;
  /**
   * Large state that is kept as snapshots rather than in a store. The runtime loads the latest one
   * and replays the input from the offsets it stands for.
   */
  readonly snapshot?: SnapshotState;
}

export interface SnapshotState {
  /** Name under which its snapshots are kept. */
  readonly policy: string;
  /** Restores the state. `undefined` starts from nothing. */
  load(bytes: Uint8Array | undefined): void;
  /** The state as it is, in the bytes that `load` takes; equal states give equal bytes. */
  save(): Uint8Array;
}

export interface Stage {
  readonly name: string;
  /** What the stage does, for `millrace describe`. */
  readonly doc: string;
  /** Processors of this stage, in the order an event meets them; for `describe`. */
  readonly steps: readonly string[];
  /** Co-partitioned topics, merged by time. */
  readonly inputs: readonly AnyTopic[];
  readonly outputs: readonly AnyTopic[];
  readonly stores: readonly StoreDef[];
  /** Time for which a transaction gathers records before it is committed, ms. */
  readonly commitEveryMs: number;
  /** Inputs somebody waits on: a record of one of them commits its transaction at once. */
  readonly flushOn: readonly AnyTopic[];
  /**
   * Inputs that the stage also writes, and whose records by itself say nothing new to it: a runtime may
   * pass them over. Its handler must make nothing of them.
   * @default none
   */
  readonly passesOver?: readonly AnyTopic[];
  /**
   * Time for which an input that is at its end holds back the others, ms: for writers that lag behind
   * each other. @default 0, as in Kafka Streams (`max.task.idle.ms`)
   */
  readonly waitForInputsMs?: number;
  /**
   * Whether one task reads every partition of every input, merged by time: for topics of other systems,
   * whose partitions say nothing of who belongs together. It has partition 0.
   * @default one task for each partition
   */
  readonly gathers?: boolean;
  /** Global tables that the stage reads; the runtime keeps them from their topics. */
  readonly tables: readonly TableDef[];
  /** Makes the logic of one task. @param tables the global tables that the stage declares */
  create(tables: TableReader): StageLogic;
}

/** What a stage must say of itself; the rest has defaults. */
export type StageOptions = Pick<Stage, 'name' | 'doc' | 'inputs' | 'create'> & Partial<Stage>;

/**
 * A stage. Unless it says otherwise it has one step, which has its name, writes no topic, keeps no store,
 * looks up no table, commits every 100 ms, and flushes on no input.
 */
export function defineStage(options: StageOptions): Stage {
  return Object.freeze({
    steps: [options.name],
    outputs: [],
    stores: [],
    commitEveryMs: 100,
    flushOn: [],
    tables: [],
    ...options,
  });
}
