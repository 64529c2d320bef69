// What an enricher that asks a language model is given, and what it declares.
import type { Role } from '../../models/llm/roles.ts';
import type { EnricherDef, EnricherIo } from '../engine/enricher.ts';
import type { LlmSchedulers } from './llm-scheduler.ts';

/** What all enrichers of a process share, beside what the runtime gives each. */
export interface LlmPorts {
  /** The schedulers through which the language models are asked. */
  readonly schedulers: LlmSchedulers;
}

/** What the runtime gives an enricher, with the schedulers of the language models. */
export type LlmIo = EnricherIo & LlmPorts;

export interface LlmEnricherDef extends EnricherDef {
  /** Roles that the enricher asks; models are opened for these alone. */
  readonly roles: readonly Role[];
}

/** Roles that the given enrichers ask; empty if none of them asks a language model. */
export function rolesAsked(enrichers: readonly EnricherDef[]): Role[] {
  const asked = enrichers.flatMap((def) => (asksLlm(def) ? def.roles : []));
  return [...new Set(asked)];
}

const asksLlm = (def: EnricherDef): def is LlmEnricherDef => 'roles' in def;
