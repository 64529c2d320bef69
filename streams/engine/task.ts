// One stage on one partition: feeds its logic, holds its stores, and gathers what a commit carries.
import { MillraceError } from '../../schemas/errors.ts';
import type { AnyTopic, EventOf } from '../../schemas/topic.ts';
import { handlersByInput } from './handlers.ts';
import type { Context, Handler, RecordMetadata, Stage, StageLogic } from './stage.ts';
import type { Store } from './store.ts';
import {
  type Change,
  LayeredStore,
  MemoryBacking,
  type OpenBacking,
  type StoreDef,
} from './store.ts';
import type { TableSet } from './table.ts';
import {
  type HandledEvent,
  noTrace,
  type StageTrace,
  type TaskTracer,
  type TraceParent,
} from './tracing.ts';

export interface Output {
  readonly topic: AnyTopic;
  /** The event; null forgets what is kept under `key`. */
  readonly event: unknown;
  /** Key of a record without a value. */
  readonly key?: string;
  /** Context in the trace of the event that it came of. @default none */
  readonly trace?: TraceParent | undefined;
}

/** Key of the record that an output becomes. */
export const keyOf = ({ topic, event, key }: Output): string => key ?? topic.keyOf(event);

export interface ChangelogEntry {
  readonly store: StoreDef;
  readonly changes: readonly Change<unknown>[];
}

/** What one transaction carries besides the consumed offsets. */
export interface Sealed {
  readonly outputs: readonly Output[];
  readonly changelog: readonly ChangelogEntry[];
}

/** Offset of an event that is not in the log yet. */
const noOffset = -1;

export interface TaskOptions {
  /** A clock for `Context.elapsed`, ms, that does not go back. @default always 0 */
  readonly clock?: (() => number) | undefined;
  /** Opens the storage of committed state. @default in memory */
  readonly openBacking?: OpenBacking | undefined;
  /**
   * Stream time at the last commit, ms. A runtime keeps it with the offsets: if stream time began
   * anew, late events would be let in.
   * @default no event was seen yet
   */
  readonly streamTime?: number;
  /** Follows the events of the task. @default nobody does */
  readonly tracer?: TaskTracer | undefined;
}

export class Task implements Context {
  readonly partition: number;
  readonly logic: StageLogic;
  readonly trace: StageTrace;
  readonly tracer: TaskTracer | undefined;
  streamTime: number;
  private readonly stage: Stage;
  private readonly handlers: ReadonlyMap<string, Handler>;
  private readonly stores = new Map<StoreDef, LayeredStore<unknown>>();
  private readonly outputTopics: ReadonlySet<AnyTopic>;
  private outputs: Output[] = [];
  /** The latest reply of the logic. */
  private replied: unknown;
  /** Stream time before the open transaction and before the sealed one, ms. */
  private openedAt: number;
  private sealedAt: number;
  private readonly clock: () => number;
  /** True while the logic's output is dropped: it was committed before the restart. */
  muted = false;

  constructor(stage: Stage, partition: number, tables: TableSet, options: TaskOptions = {}) {
    const { clock = () => 0, openBacking = () => new MemoryBacking() } = options;
    const { streamTime = Number.NEGATIVE_INFINITY } = options;
    this.streamTime = this.openedAt = this.sealedAt = streamTime;
    this.stage = stage;
    this.partition = partition;
    this.clock = clock;
    this.tracer = options.tracer;
    this.trace = options.tracer ?? noTrace;
    this.outputTopics = new Set(stage.outputs);
    try {
      for (const def of stage.stores) {
        this.stores.set(def, new LayeredStore(openBacking(def, partition), def.expiresAt));
      }
    } catch (error) {
      this.close();
      throw error;
    }
    this.logic = stage.create(tables.for(stage));
    const handlers = handlersByInput(stage, this.logic.handlers);
    this.handlers = new Map(handlers.map((one) => [one.topic.name, one]));
  }

  emit<T extends AnyTopic>(topic: T, event: EventOf<T>): void {
    this.write({ topic, event });
  }

  forget(topic: AnyTopic, key: string): void {
    this.write({ topic, event: null, key });
  }

  private write(output: Output): void {
    const { topic } = output;
    if (!this.outputTopics.has(topic)) {
      throw new MillraceError({
        code: 'topic-undeclared',
        what: `Stage ${this.stage.name} emits to ${topic.name}, which it does not declare.`,
        todo: 'Add the topic to the outputs of the stage.',
      });
    }
    if (this.muted) return;
    const { tracer } = this;
    this.outputs.push(tracer ? { ...output, trace: tracer.output(topic) } : output);
  }

  store<T extends AnyTopic>(def: StoreDef<T>): Store<EventOf<T>> {
    return this.stateOf(def) as LayeredStore<EventOf<T>>;
  }

  elapsed(): number {
    return this.clock();
  }

  reply(answer: unknown): void {
    this.replied = answer;
  }

  /**
   * Feeds one event of an input. Events must come merged by time; a late one is still passed on.
   * @param at event time, ms
   * @param handled what a tracer is told of the event. @default nothing
   */
  process(event: unknown, at: number, record: RecordMetadata, handled?: HandledEvent): void {
    if (at > this.streamTime) {
      this.streamTime = at;
      if (this.logic.advance) {
        this.tracer?.beginAdvance();
        this.logic.advance(this);
      }
    }
    if (handled) this.tracer?.begin(handled);
    this.handlers.get(record.topic)!.handle(event, this, record);
  }

  /** Feeds a record without a value, of an input that `forgets`. */
  processForgotten(key: string, record: RecordMetadata): void {
    this.tracer?.beginAdvance();
    this.handlers.get(record.topic)!.forget?.(key, this, record);
  }

  /**
   * Feeds an event that somebody asks about, and that the runtime writes to its topic in the same
   * transaction. It stands at no offset yet.
   * @param parent context of the event in a trace. @default none
   * @returns what the logic replied; undefined if nothing
   */
  ask(topic: AnyTopic, event: unknown, parent?: TraceParent): unknown {
    this.replied = undefined;
    this.muted = false;
    const { partition } = this;
    const record = { topic: topic.name, partition, offset: noOffset };
    const handled = this.tracer && { topic, partition, offset: noOffset, parent };
    this.process(event, topic.timeOf(event), record, handled);
    const { replied } = this;
    this.replied = undefined;
    return replied;
  }

  /**
   * Closes the open transaction for its commit; the next one may begin at once.
   * @returns what the transaction carries
   */
  seal(): Sealed {
    const { outputs } = this;
    this.outputs = [];
    this.sealedAt = this.openedAt;
    this.openedAt = this.streamTime;
    const changelog: ChangelogEntry[] = [];
    for (const [store, state] of this.stores) {
      const changes = state.seal();
      if (changes.length > 0) changelog.push({ store, changes });
    }
    return { outputs, changelog };
  }

  /**
   * Makes what the sealed transaction changed the state; it is durable now.
   * @param next offset of a store's changelog after its changes, if the runtime knows it
   */
  commit(next: (store: StoreDef) => number | undefined = () => undefined): void {
    for (const [def, state] of this.stores) state.commit(next(def));
    this.sealedAt = this.openedAt;
  }

  /** Takes back the open transaction, as if it had not begun. */
  rollback(): void {
    for (const state of this.stores.values()) state.rollback();
    this.tracer?.drop();
    this.outputs = [];
    this.streamTime = this.openedAt;
  }

  /**
   * Takes back both transactions after the sealed one failed: the state is that of the last commit.
   */
  abort(): void {
    for (const state of this.stores.values()) state.abort();
    this.outputs = [];
    this.openedAt = this.sealedAt;
    this.streamTime = this.sealedAt;
  }

  /** The state of a store, for a runtime to restore or to look at. @throws `store-undeclared` */
  stateOf(def: StoreDef): LayeredStore<unknown> {
    const store = this.stores.get(def);
    if (store) return store;
    throw new MillraceError({
      code: 'store-undeclared',
      what: `Stage ${this.stage.name} uses the store ${def.name}, which it does not declare.`,
      todo: 'Add the store to the stores of the stage.',
    });
  }

  /** Closes the stores; no part of the task may be used afterwards. */
  close(): void {
    for (const state of this.stores.values()) state.close();
  }
}
