// What an enricher is: the only asynchronous step. It asks a port, within a budget, and writes
// results keyed by content, so doing it twice is harmless. No processor ever waits for one.
import type { AnyTopic, EventOf } from '../../schemas/topic.ts';
import type { Desks } from '../enrichers/desk.ts';
import type { Tables } from '../tables/tables.ts';

export interface EnricherPorts {
  /** Where the language models are asked; shared by the enrichers of a process. */
  readonly desks: Desks;
  readonly tables: Tables;
  /** Writes an event; resolves once the broker has it. */
  emit<T extends AnyTopic>(topic: T, events: readonly EventOf<T>[]): Promise<void>;
}

export interface Enricher {
  /** Takes an event. Its offset is committed once the promise resolves. */
  onEvent(topic: string, event: unknown): Promise<void> | void;
  /** What it has done, for the page and the summary. */
  readonly counts: Readonly<Record<string, number>>;
}

export interface EnricherDef {
  readonly name: string;
  readonly doc: string;
  readonly inputs: readonly AnyTopic[];
  readonly outputs: readonly AnyTopic[];
  /** Somebody waits for what it does with an event; otherwise events are fetched a few times a second. */
  readonly prompt: boolean;
  /** Tables it reads; the runtime keeps them. */
  readonly tables: readonly (keyof Tables)[];
  create(ports: EnricherPorts): Enricher;
}
