// One stage on one partition: feeds its logic, holds its stores, and gathers what a commit carries.
import { MillraceError } from '../schemas/errors.ts';
import type { AnyTopic, EventOf } from '../schemas/topic.ts';
import type { Context, Origin, Stage, StageLogic, Store } from './stage.ts';
import { type Change, MemoryStore, type StoreDef } from './store.ts';
import type { Tables } from './tables/tables.ts';

export interface Output {
  readonly topic: AnyTopic;
  readonly event: unknown;
}

export interface ChangelogEntry {
  readonly store: StoreDef;
  readonly changes: readonly Change<unknown>[];
}

export class Task implements Context {
  readonly partition: number;
  readonly logic: StageLogic;
  streamTime = Number.NEGATIVE_INFINITY;
  private readonly stage: Stage;
  private readonly stores = new Map<StoreDef, MemoryStore<unknown>>();
  private readonly outputTopics: ReadonlySet<AnyTopic>;
  private outputs: Output[] = [];
  private committedTime = Number.NEGATIVE_INFINITY;
  private readonly clock: () => number;
  /** While true what the logic emits is dropped: it was committed before the restart. */
  muted = false;

  constructor(stage: Stage, partition: number, tables: Tables, clock: () => number = () => 0) {
    this.stage = stage;
    this.partition = partition;
    this.clock = clock;
    this.outputTopics = new Set(stage.outputs);
    for (const def of stage.stores) this.stores.set(def, new MemoryStore(def.expiresAt));
    this.logic = stage.create(tables);
  }

  emit<T extends AnyTopic>(topic: T, event: EventOf<T>): void {
    if (!this.outputTopics.has(topic)) {
      throw new MillraceError({
        code: 'topic-undeclared',
        what: `Stage ${this.stage.name} emits to ${topic.name}, which it does not declare.`,
        todo: 'Add the topic to the outputs of the stage.',
      });
    }
    if (!this.muted) this.outputs.push({ topic, event });
  }

  store<T extends AnyTopic>(def: StoreDef<T>): Store<EventOf<T>> {
    const store = this.stores.get(def);
    if (!store) {
      throw new MillraceError({
        code: 'store-undeclared',
        what: `Stage ${this.stage.name} uses the store ${def.name}, which it does not declare.`,
        todo: 'Add the store to the stores of the stage.',
      });
    }
    return store as MemoryStore<EventOf<T>>;
  }

  elapsed(): number {
    return this.clock();
  }

  /** Feeds one event; event times must come merged, though a late one is only passed on. */
  process(topic: string, event: unknown, at: number, origin: Origin): void {
    if (at > this.streamTime) {
      this.streamTime = at;
      this.logic.advance?.(this);
    }
    this.logic.process(topic, event, origin, this);
  }

  /** What the open transaction has to carry. */
  pending(): { outputs: readonly Output[]; changelog: ChangelogEntry[] } {
    const changelog: ChangelogEntry[] = [];
    for (const [store, memory] of this.stores) {
      const changes = memory.changes();
      if (changes.length > 0) changelog.push({ store, changes });
    }
    return { outputs: this.outputs, changelog };
  }

  /** The transaction is durable: what it changed becomes the state. */
  commit(): void {
    for (const store of this.stores.values()) store.commit();
    this.outputs = [];
    this.committedTime = this.streamTime;
  }

  /** The transaction failed: the state is what it was at the last commit. */
  abort(): void {
    for (const store of this.stores.values()) store.abort();
    this.outputs = [];
    this.streamTime = this.committedTime;
  }

  restore(def: StoreDef, key: string, value: unknown | null): void {
    this.stores.get(def)?.restore(key, value);
  }

  /** Keys and values of a store, committed or pending; for tests and `rebuild`. */
  entries(def: StoreDef): Iterable<[string, unknown]> {
    return this.stores.get(def)?.entries() ?? [];
  }
}
