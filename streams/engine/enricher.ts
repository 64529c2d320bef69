// What an enricher is: the only asynchronous step. It asks something outside, within a budget, and
// writes results keyed by content, so doing it twice is harmless. No processor ever waits for one.
import type { AnyTopic, EventOf } from '../../schemas/topic.ts';
import type { TableDef, TableReader } from './table.ts';

/** What a runtime gives an enricher. */
export interface EnricherIo {
  /** The global tables that the enricher declares. */
  readonly tables: TableReader;
  /** Writes events; resolves once they are stored. */
  emit<T extends AnyTopic>(topic: T, events: readonly EventOf<T>[]): Promise<void>;
}

/** How an enricher handles the events of one input. */
export interface AsyncHandler<T extends AnyTopic = AnyTopic> {
  readonly topic: T;
  /** Handles one event. The runtime commits its offset once the promise resolves. */
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
  /** One handler for each input. */
  readonly handlers: readonly AsyncHandler[];
  /** What the enricher has done since the start, by name; the page and the summary show it. */
  readonly counts: Readonly<Record<string, number>>;
  /**
   * Resolves once no work begun by a handler goes on.
   * @default no work goes on after an event is handled
   */
  settled?(): Promise<void>;
}

export interface EnricherDef {
  readonly name: string;
  readonly doc: string;
  readonly inputs: readonly AnyTopic[];
  readonly outputs: readonly AnyTopic[];
  /**
   * Whether somebody waits for the outcome: true fetches events at once, false a few times a
   * second.
   */
  readonly prompt: boolean;
  /** Global tables that the enricher reads; the runtime keeps them from their topics. */
  readonly tables: readonly TableDef[];
  create(io: EnricherIo): Enricher;
}
