// What an enricher that asks a language model is made with, and what it says of itself.
import type { Role } from '../../models/llm/roles.ts';
import type { EnricherDef, EnricherIo } from '../engine/enricher.ts';
import type { LlmSchedulers } from './llm-scheduler.ts';

/** What the enrichers of a process share, beyond what the runtime gives each. */
export interface LlmPorts {
  /** Where the language models are asked. */
  readonly schedulers: LlmSchedulers;
}

/** Both together. */
export type LlmIo = EnricherIo & LlmPorts;

export interface LlmEnricherDef extends EnricherDef {
  /** Roles that it asks; a model is opened for those alone. */
  readonly roles: readonly Role[];
}

/** Roles that some enrichers ask; none where none of them asks a language model. */
export function rolesAsked(enrichers: readonly EnricherDef[]): Role[] {
  const asked = enrichers.flatMap((def) => (asksLlm(def) ? def.roles : []));
  return [...new Set(asked)];
}

const asksLlm = (def: EnricherDef): def is LlmEnricherDef => 'roles' in def;
