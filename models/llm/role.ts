// A role of the language model: what a model is asked for. One file of roles/ defines one.
import type { TextFields } from './text-fields.ts';

/** What `defineRole` takes. */
export interface RoleSpec<N extends string = string> {
  /** Name of the role, one lower-case word, such as `judge`. */
  readonly name: N;
  /** What the model is asked for, in one sentence. */
  readonly doc: string;
  /**
   * Fields that the role's prompts may hold; every other field is refused. No part of a user's
   * record, such as id or name, belongs in the list.
   */
  readonly fields: TextFields;
  /**
   * Versions of its prompts. A version is part of the content hash of every answer and changes with the
   * words of the prompt, so no answer to other words is taken from the cache.
   */
  readonly prompts: readonly string[];
  /** Enrichers and commands that ask the role, for the docs. */
  readonly usedBy: readonly string[];
}

export interface RoleDef<N extends string = string> extends RoleSpec<N> {
  /**
   * Environment variable that names a model of the role's own: the path of a GGUF file or an `hf:`
   * address. @default the model of LLM_MODEL
   */
  readonly variable: string;
}

/**
 * Makes the definition of a role, which is frozen. Its variable is `LLM_MODEL_` and the name in
 * capitals.
 */
export function defineRole<const N extends string>(spec: RoleSpec<N>): RoleDef<N> {
  return Object.freeze({ ...spec, variable: `LLM_MODEL_${spec.name.toUpperCase()}` });
}
