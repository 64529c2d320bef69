// The language models of a process: opened for the roles that somebody asks, each file once.
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { openLlamaProcess } from '../infra/llama/process.ts';
import { servedAdapter } from '../infra/llama/served-adapter.ts';
import type { Role } from '../models/llm/roles.ts';
import { MillraceError } from '../schemas/errors.ts';
import { LlmScheduler, type LlmSchedulers } from '../streams/enrichers/llm-scheduler.ts';
import type { Config } from './config/read.ts';
import type { Logs } from './log.ts';

/** The language models, each with the queue in front of it. */
export interface Llm {
  /**
   * Gives the scheduler of a role.
   * @throws MillraceError `role-not-opened` for a role that was not asked for
   */
  readonly schedulers: LlmSchedulers;
  /** The schedulers, one for each model. */
  readonly opened: readonly LlmScheduler[];
}

/** Largest share of the time in which a language model computes. */
const llmShare = 0.9;

/** Largest number of jobs that wait for a language model. */
const llmQueue = 128;

/**
 * Opens the language models of some roles: those that roles have of their own, and the given one
 * for the others.
 * @param asked roles whose models are opened; no other model is
 * @throws MillraceError of the model
 */
export async function openLlm(
  { llm, dataDir, partsDir }: Pick<Config, 'llm' | 'dataDir' | 'partsDir'>,
  modelFile: string,
  asked: readonly Role[],
  stack: AsyncDisposableStack,
  { log, say }: Pick<Logs, 'log' | 'say'>,
): Promise<Llm> {
  const fileOf = new Map(asked.map((role) => [role, llm.roles[role] ?? modelFile]));
  const byFile = new Map<string, LlmScheduler>();
  for (const file of new Set(fileOf.values())) {
    const untiedCopies = join(partsDir, 'models', 'untied');
    const model = stack.use(await openLlamaProcess({ model: file, gpu: 'auto', untiedCopies }));
    const adapt = servedAdapter({
      model,
      folder: join(dataDir, 'adapters', model.name),
      onServed: (version) =>
        say(`${model.name} answers with ${version === 0 ? 'no adapter' : `adapter ${version}`}`),
      onRefused: (version, error) =>
        log.error({ err: error, model: model.name, version }, 'an adapter was refused'),
    });
    const scheduler = new LlmScheduler(model, {
      adapt,
      capacity: llmQueue,
      budget: { share: llmShare },
      now: () => performance.now(),
      wait: (ms, signal) => wait(ms, undefined, { signal }),
    });
    byFile.set(file, stack.use(scheduler));
  }
  return {
    schedulers(role) {
      const opened = byFile.get(fileOf.get(role) ?? '');
      if (!opened) throw notOpened(role);
      return opened;
    },
    opened: [...byFile.values()],
  };
}

function notOpened(role: Role): MillraceError {
  return new MillraceError({
    code: 'role-not-opened',
    what: `The ${role} was asked, and no language model was opened for it.`,
    why: 'Models are opened for the roles that the enrichers of the topology say they ask.',
    todo: 'Add the role to the roles of the enricher that asks it.',
  });
}
