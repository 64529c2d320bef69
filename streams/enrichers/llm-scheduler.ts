// Where a language model is asked: the model, and the one queue in front of it; and how it comes by the
// adapters that were tuned for it.
import { isAdaptable, type LanguageModel } from '../../models/llm/port.ts';
import type { Role } from '../../models/llm/roles.ts';
import type { LatestSnapshot, SnapshotTable } from '../engine/snapshot-table.ts';
import { EnricherQueue, type JobOptions, type JobResult, type QueueOptions } from './queue.ts';

type Ask = (model: LanguageModel) => Promise<unknown>;

export interface LlmSchedulerOptions extends Omit<QueueOptions<Ask, unknown>, 'work'> {
  /**
   * Puts an adapter in service; without bytes, none. One that does not fit is refused, and the one before
   * stays.
   * @default adapters are not followed
   */
  readonly adapt?: (adapter: LatestSnapshot) => Promise<void>;
}

/** Name of the adapters for a model among the policies in `snapshots`. */
export const adapterPolicy = (model: string): string => `llm-adapter ${model}`;

export class LlmScheduler implements AsyncDisposable {
  /** Name of the model, part of every cache key. */
  readonly name: string;
  readonly queue: EnricherQueue<Ask, unknown>;
  private readonly model: LanguageModel;
  private readonly adapt: LlmSchedulerOptions['adapt'];
  private snapshots: SnapshotTable | undefined;
  private followed: LatestSnapshot | undefined;

  constructor(model: LanguageModel, { adapt, ...options }: LlmSchedulerOptions) {
    this.name = model.name;
    this.model = model;
    this.adapt = adapt;
    const work = (ask: Ask) => {
      this.followOn();
      return ask(model);
    };
    this.queue = new EnricherQueue({ ...options, work });
  }

  /** Version of the adapter in service; 0 without one. */
  get adapter(): number {
    return isAdaptable(this.model) ? this.model.adapter : 0;
  }

  /** The model as it answers now, part of the keys of what it makes: its name, and its adapter. */
  get served(): string {
    return this.adapter === 0 ? this.name : `${this.name} adapter ${this.adapter}`;
  }

  /** From now on the latest adapter of the table is in service soon after the next job begins. */
  follow(snapshots: SnapshotTable): void {
    this.snapshots = snapshots;
  }

  /** Nothing waits for it: jobs are answered with the adapter before until the new one is there. */
  private followOn(): void {
    const latest = this.snapshots?.latest(adapterPolicy(this.name));
    if (!latest || latest === this.followed) return;
    this.followed = latest;
    void this.adapt?.(latest);
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

/** The scheduler of each role; roles that share a model share a scheduler. */
export type LlmSchedulers = (role: Role) => LlmScheduler;
