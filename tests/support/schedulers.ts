// Schedulers of made-up language models, by role, with a clock of their own.
import type { LanguageModel } from '../../models/llm/port.ts';
import type { Role } from '../../models/llm/roles.ts';
import { LlmScheduler, type LlmSchedulerOptions } from '../../streams/enrichers/llm-scheduler.ts';
import type { LlmPorts } from '../../streams/enrichers/ports.ts';

/** A scheduler that answers as soon as its model does, on a clock that stands still. */
export function schedulerOf(
  model: LanguageModel,
  options: Partial<LlmSchedulerOptions> = {},
): LlmScheduler {
  return new LlmScheduler(model, {
    capacity: 100,
    budget: { share: 1 },
    now: () => 0,
    wait: () => Promise.resolve(),
    ...options,
  });
}

/** The schedulers of a model for all roles, and of models that roles have of their own. */
export function portsOf(
  model: LanguageModel,
  own: Partial<Record<Role, LanguageModel>> = {},
): LlmPorts & { readonly asked: ReadonlySet<Role> } {
  const common = schedulerOf(model);
  const schedulers = new Map(
    Object.entries(own).map(([role, one]) => [role as Role, schedulerOf(one)]),
  );
  const asked = new Set<Role>();
  return {
    asked,
    schedulers(role) {
      asked.add(role);
      return schedulers.get(role) ?? common;
    },
  };
}
