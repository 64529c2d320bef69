// What the pipeline and the process of the language model say to each other.
import type { GenerateOptions, Generation, Prompt } from '../../models/llm/port.ts';
import type { ErrorParts } from '../../schemas/errors.ts';
import type { LlamaOptions } from './open.ts';

export type Call =
  | { readonly id: number; readonly embed: string }
  | { readonly id: number; readonly prefix: string; readonly score: readonly string[] }
  | { readonly id: number; readonly generate: Prompt; readonly options: GenerateOptions };

/** First message of the parent: what to open. */
export interface Open {
  readonly open: LlamaOptions;
}

export type Reply =
  | { readonly ready: { readonly name: string; readonly width: number } }
  | { readonly id: number; readonly vector: Float32Array }
  | { readonly id: number; readonly scores: readonly number[] }
  | { readonly id: number; readonly generation: Generation }
  /** Without an id: the model could not be opened. */
  | { readonly id?: number; readonly error: ErrorParts };
