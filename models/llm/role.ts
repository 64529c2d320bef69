// A role of the language model: what a model is asked for. One file of roles/ defines one.
import type { TextFields } from './text-fields.ts';

/** What `defineRole` is given. */
export interface RoleSpec<N extends string = string> {
  /** One lower-case word, such as `judge`. */
  readonly name: N;
  /** What the model is asked for, in one sentence. */
  readonly doc: string;
  /**
   * What its prompts may hold; everything else is refused. A user's id, name or anything else of a
   * user's record belongs on no list.
   */
  readonly fields: TextFields;
  /**
   * Versions of its prompts. A version is part of the content hash of every answer and changes with the
   * words of the prompt, so no answer to other words is taken from the cache.
   */
  readonly prompts: readonly string[];
  /** Enrichers and commands that ask it, for the docs. */
  readonly usedBy: readonly string[];
}

export interface RoleDef<N extends string = string> extends RoleSpec<N> {
  /**
   * Environment variable that names a model of the role's own: the path of a GGUF file or an `hf:`
   * address. @default the model of LLM_MODEL
   */
  readonly variable: string;
}

/** The definition of a role, frozen; its variable is `LLM_MODEL_` and the name in capitals. */
export function defineRole<const N extends string>(spec: RoleSpec<N>): RoleDef<N> {
  return Object.freeze({ ...spec, variable: `LLM_MODEL_${spec.name.toUpperCase()}` });
}
