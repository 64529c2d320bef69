// Messages between the pipeline and the process of the language model.
import type {
  Adapter,
  GenerateOptions,
  Generation,
  Prompt,
  Scored,
} from '../../models/llm/port.ts';
import type { ErrorParts } from '../../schemas/errors.ts';
import type { LlamaOptions } from './open.ts';

export type Call =
  | { readonly id: number; readonly embed: string }
  | { readonly id: number; readonly prefix: string; readonly score: readonly string[] }
  | { readonly id: number; readonly generate: Prompt; readonly options: GenerateOptions }
  | { readonly id: number; readonly hidden: string }
  | { readonly id: number; readonly adapt: Adapter | undefined };

/** The first message of the parent: which model to open, and how. */
export interface Open {
  readonly open: LlamaOptions;
}

export type Reply =
  | { readonly ready: { readonly name: string; readonly width: number } }
  | { readonly id: number; readonly vector: Float32Array }
  | { readonly id: number; readonly scored: Scored }
  | { readonly id: number; readonly generation: Generation }
  | { readonly id: number; readonly states: readonly Float32Array[] }
  | { readonly id: number; readonly adapted: true }
  /** An error; without an id, the model could not be opened. */
  | { readonly id?: number; readonly error: ErrorParts };
