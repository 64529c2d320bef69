// The judge of a stage's drafts: a language model other than the one that drafted. What it says comes
// second, after the checks of code, and nothing waits for it for long: a draft that it says nothing of in
// time stands by those checks alone.
import type { LanguageModel } from '../../models/llm/port.ts';
import type { Role } from '../../models/llm/roles.ts';
import type { LlmScheduler, LlmSchedulers } from './llm-scheduler.ts';
import { ScheduledModel } from './scheduled-model.ts';

export interface JudgingOptions {
  /** Time that an answer is waited for, ms. @default 30_000 */
  readonly patienceMs?: number;
}

/**
 * Priority of a judgement, below reasons of the language-model tier and above vectors, and the time
 * within which it must begin, ms.
 */
const ASKING = { priority: -50_000, deadlineMs: 10_000 } as const;
/** Largest number of drafts with the judge at a time. */
const MOST = 16;
/** Largest share of the model's time that goes into judging; others wait for the model too. */
const SHARE = 0.25;

export class Judging {
  private readonly scheduler: LlmScheduler;
  private readonly patienceMs: number;
  private running = 0;
  private ms = 0;

  /**
   * The judge of what a role drafts.
   * @returns undefined where the same model would judge itself
   */
  static of(
    schedulers: LlmSchedulers,
    drafter: Role,
    options: JudgingOptions = {},
  ): Judging | undefined {
    const scheduler = schedulers('judge');
    return scheduler === schedulers(drafter) ? undefined : new Judging(scheduler, options);
  }

  private constructor(scheduler: LlmScheduler, { patienceMs = 30_000 }: JudgingOptions) {
    this.scheduler = scheduler;
    this.patienceMs = patienceMs;
  }

  /** Name of the model. */
  get name(): string {
    return this.scheduler.name;
  }

  /**
   * Asks the model. Never rejects.
   * @returns undefined if the model has no time, does not answer or gives no usable answer
   */
  async ask<R>(
    about: (model: Pick<LanguageModel, 'name' | 'score'>) => Promise<R>,
  ): Promise<R | undefined> {
    if (!this.hasTime()) return undefined;
    const model = new ScheduledModel(this.scheduler, ASKING);
    const patience = new AbortController();
    this.running++;
    const answer = about(model)
      .catch(() => undefined)
      .finally(() => {
        this.running--;
        this.ms += model.busyMs;
      });
    const late = this.scheduler.queue.wait(this.patienceMs, patience.signal);
    try {
      return await Promise.race([answer, late]);
    } finally {
      patience.abort();
    }
  }

  private hasTime(): boolean {
    const { queued, busyMs } = this.scheduler.queue.metrics;
    // Of those that wait as many are its own.
    return this.running < MOST && (queued <= this.running || this.ms <= SHARE * busyMs);
  }
}
