// Where a language model is asked: the model, and the one queue in front of it.
import type { LanguageModel } from '../../models/llm/port.ts';
import type { Role } from '../../models/llm/roles.ts';
import { EnricherQueue, type JobOptions, type JobResult, type QueueOptions } from './queue.ts';

type Ask = (model: LanguageModel) => Promise<unknown>;

export type DeskOptions = Omit<QueueOptions<Ask, unknown>, 'work'>;

export class Desk implements AsyncDisposable {
  /** Name of the model, part of every cache key. */
  readonly name: string;
  readonly queue: EnricherQueue<Ask, unknown>;

  constructor(model: LanguageModel, options: DeskOptions) {
    this.name = model.name;
    this.queue = new EnricherQueue({ ...options, work: (ask) => ask(model) });
  }

  /** @param key of the content: two asks of one key are one job, and must be for the same thing */
  ask<R>(
    key: string,
    ask: (model: LanguageModel) => Promise<R>,
    options: JobOptions,
  ): Promise<JobResult<R>> {
    return this.queue.submit(key, ask, options) as Promise<JobResult<R>>;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.queue[Symbol.asyncDispose]();
  }
}

/** The desk of each role; roles that share a model share a desk. */
export type Desks = (role: Role) => Desk;
