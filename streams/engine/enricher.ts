// What an enricher is: the only asynchronous step. It asks something outside, within a budget, and
// writes results keyed by content, so doing it twice is harmless. No processor ever waits for one.
import type { AnyTopic, EventOf } from '../../schemas/topic.ts';
import type { TableDef, TableReader } from './table.ts';

/** What a runtime gives an enricher. */
export interface EnricherIo {
  /** Those that the enricher declares. */
  readonly tables: TableReader;
  /** Writes events; resolves once they are stored. */
  emit<T extends AnyTopic>(topic: T, events: readonly EventOf<T>[]): Promise<void>;
}

/** What an enricher does with the events of one input. */
export interface AsyncHandler<T extends AnyTopic = AnyTopic> {
  readonly topic: T;
  /** Takes an event. Its offset is committed once the promise resolves. */
  readonly handle: (event: EventOf<T>) => Promise<void> | void;
}

/** Binds a handler to an input: the event arrives with the type of its topic. */
export function onAsync<T extends AnyTopic>(
  topic: T,
  handle: AsyncHandler<T>['handle'],
): AsyncHandler<T> {
  return { topic, handle };
}

export interface Enricher {
  /** One for each input. */
  readonly handlers: readonly AsyncHandler[];
  /** What it has done, for the page and the summary. */
  readonly counts: Readonly<Record<string, number>>;
  /**
   * Resolves once nothing that it began goes on. @default nothing goes on once an event is handled
   */
  settled?(): Promise<void>;
}

export interface EnricherDef {
  readonly name: string;
  readonly doc: string;
  readonly inputs: readonly AnyTopic[];
  readonly outputs: readonly AnyTopic[];
  /** Somebody waits for what it does with an event; otherwise events are fetched a few times a second. */
  readonly prompt: boolean;
  /** Global tables it reads, which the runtime keeps. */
  readonly tables: readonly TableDef[];
  create(io: EnricherIo): Enricher;
}
