// What an enricher that asks a language model is made with.
import type { EnricherIo } from '../engine/enricher.ts';
import type { Desks } from './desk.ts';

/** What the enrichers of a process share, beyond what the runtime gives each. */
export interface LlmPorts {
  /** Where the language models are asked. */
  readonly desks: Desks;
}

/** Both together. */
export type LlmIo = EnricherIo & LlmPorts;
