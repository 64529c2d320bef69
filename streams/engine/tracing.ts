// What a runtime tells of the events it handles, so that somebody can see which came of which. The engine
// hands contexts on as text (W3C Trace Context) and knows nothing of who records them; without a tracer
// nothing of this is called.
import type { AnyTopic } from '../../schemas/topic.ts';

/** Context of an event in a trace, as the header `traceparent` has it. */
export type TraceParent = string;

/** Name of the header of a record that carries its context. */
export const traceHeader = 'traceparent';

/** An event that is about to be handled. */
export interface HandledEvent {
  readonly topic: AnyTopic;
  readonly partition: number;
  /** Offset in its partition; −1 for an event that is not in the log yet. */
  readonly offset: number;
  /** Context that the event came with; undefined for none. */
  readonly parent: TraceParent | undefined;
  /** Time at which the record was written, ms since the epoch. */
  readonly writtenAt?: number;
  /** Time at which the record was fetched, ms since the epoch. */
  readonly fetchedAt?: number;
}

/** What the logic of a stage says of what it handles. Keys are those of the stage's stores. */
export interface StageTrace {
  /** What comes of a key later belongs to the trace of the event that is handled. */
  remember(key: string): void;
  /** From now on, what is handled belongs to the trace that the key was remembered in, if there is one. */
  recall(key: string): void;
}

export const noTrace: StageTrace = Object.freeze({ remember() {}, recall() {} });

/** Follows the events of one task. Calls come in the order in which the task works. */
export interface TaskTracer extends StageTrace {
  /** An event is handled from now on, until the next one is. */
  begin(event: HandledEvent): void;
  /** Time has moved: what it ends is handled from now on. */
  beginAdvance(): void;
  /** Notes an output. @returns the context that it carries; undefined for none */
  output(topic: AnyTopic): TraceParent | undefined;
  /** The context of a key, which is kept beside its state; undefined for none. */
  contextOf(key: string): TraceParent | undefined;
  /** Takes the context of a key from beside its state; undefined for none any more. */
  restore(key: string, context: TraceParent | undefined): void;
  /** What was handled since the last call goes into one transaction. @returns to be called at its end */
  seal(): (error?: unknown) => void;
  /** What was handled since the last `seal` is taken back. */
  drop(): void;
}

/** Makes tracers. */
export interface Tracing {
  /** @param roots topics whose events begin a trace if they come with none */
  task(stage: string, partition: number, roots: readonly AnyTopic[]): TaskTracer;
  /** Runs the work of an enricher on an event. */
  enrich<T>(enricher: string, event: HandledEvent, work: () => Promise<T>): Promise<T>;
  /** Context of the work that `enrich` runs, for what it writes; undefined for none. */
  carried(): TraceParent | undefined;
}
