// A language model behind a scheduler: every call is a job of its own, so that more pressing jobs come
// between the calls of a long task.
import { contentHash } from '../../models/llm/hash.ts';
import {
  type GenerateOptions,
  type Generation,
  isAdaptable,
  type LanguageModel,
  type Prompt,
  type Scored,
} from '../../models/llm/port.ts';
import type { LlmScheduler } from './llm-scheduler.ts';
import type { JobOptions, ShedReason } from './queue.ts';

/** The scheduler did not answer; the task may be asked for again later. */
export class JobShed extends Error {
  readonly reason: ShedReason;

  constructor(reason: ShedReason, cause: unknown) {
    super(`The language model did not answer: ${reason}.`, { cause });
    this.reason = reason;
  }
}

type ModelCalls = Pick<LanguageModel, 'name' | 'score' | 'embed' | 'generate'>;

export class ScheduledModel implements ModelCalls {
  /** Time the model spent on this task's questions, ms. */
  busyMs = 0;
  /** Version of the adapter that gave the last answer; 0 if there was none. */
  adapter = 0;
  private readonly scheduler: LlmScheduler;
  private readonly options: JobOptions;

  constructor(scheduler: LlmScheduler, options: JobOptions) {
    this.scheduler = scheduler;
    this.options = options;
  }

  /**
   * Name of the model, with the version of its adapter if there is one; part of every cache key.
   */
  get name(): string {
    return this.scheduler.served;
  }

  async score(prefix: string, continuations: readonly string[]): Promise<number[]> {
    const { scores, adapter } = await this.ask(
      'score',
      [prefix, continuations],
      async (model): Promise<Scored> =>
        isAdaptable(model)
          ? await model.scored(prefix, continuations)
          : { scores: await model.score(prefix, continuations), adapter: 0 },
    );
    this.adapter = adapter;
    return [...scores];
  }

  embed(text: string): Promise<Float32Array> {
    return this.ask('embed', text, (model) => model.embed(text));
  }

  async generate(prompt: Prompt, options: GenerateOptions): Promise<Generation> {
    const generation = await this.ask('generate', [prompt, options], (model) =>
      model.generate(prompt, options),
    );
    this.adapter = generation.adapter ?? 0;
    return generation;
  }

  /** @throws JobShed */
  private async ask<R>(
    what: string,
    content: unknown,
    call: (model: LanguageModel) => Promise<R>,
  ): Promise<R> {
    const { queue } = this.scheduler;
    // One job at a time: what the scheduler's clock has moved by meanwhile is this job's.
    let before = Number.POSITIVE_INFINITY;
    const result = await this.scheduler.ask(
      contentHash(this.name, what, JSON.stringify(content)),
      (model) => {
        before = queue.metrics.busyMs;
        return call(model);
      },
      this.options,
    );
    this.busyMs += Math.max(0, queue.metrics.busyMs - before);
    if (result.shed) throw new JobShed(result.reason, result.error);
    return result.value;
  }
}
