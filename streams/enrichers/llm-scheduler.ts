// A language model with the queue in front of it. It also takes the adapters that were tuned for
// the model.
import { isAdaptable, type LanguageModel } from '../../models/llm/port.ts';
import type { Role } from '../../models/llm/roles.ts';
import type { LatestSnapshot, SnapshotTable } from '../engine/snapshot-table.ts';
import { EnricherQueue, type JobOptions, type JobResult, type QueueOptions } from './queue.ts';
import { counting, type TokenCounts } from './token-counts.ts';

type Ask = (model: LanguageModel) => Promise<unknown>;

export interface LlmSchedulerOptions extends Omit<QueueOptions<Ask, unknown>, 'work'> {
  /**
   * Puts an adapter in service, or takes it out if the snapshot has no bytes. An adapter that does
   * not fit is refused, and the one before stays.
   * @default adapters are not followed
   */
  readonly adapt?: (adapter: LatestSnapshot) => Promise<void>;
}

/** Name under which the adapters for a model are kept in the topic `snapshots`. */
export const adapterPolicy = (model: string): string => `llm-adapter ${model}`;

export class LlmScheduler implements AsyncDisposable {
  /** Name of the model, part of every cache key. */
  readonly name: string;
  readonly queue: EnricherQueue<Ask, unknown>;
  /** Tokens of its generations so far. */
  readonly tokens: TokenCounts = { prompt: 0, generated: 0 };
  private readonly model: LanguageModel;
  private readonly adapt: LlmSchedulerOptions['adapt'];
  private snapshots: SnapshotTable | undefined;
  private followed: LatestSnapshot | undefined;

  constructor(model: LanguageModel, { adapt, ...options }: LlmSchedulerOptions) {
    this.name = model.name;
    this.model = model;
    this.adapt = adapt;
    const asked = counting(model, this.tokens);
    const work = (ask: Ask) => {
      this.followOn();
      return ask(asked);
    };
    this.queue = new EnricherQueue({ ...options, work });
  }

  /** Version of the adapter in service; 0 if there is none. */
  get adapter(): number {
    return isAdaptable(this.model) ? this.model.adapter : 0;
  }

  /**
   * Name of the model with its adapter, as it answers now; part of the key of everything it makes.
   */
  get served(): string {
    return this.adapter === 0 ? this.name : `${this.name} adapter ${this.adapter}`;
  }

  /**
   * Follows the adapters in the table: the latest is put in service soon after the next job begins.
   */
  follow(snapshots: SnapshotTable): void {
    this.snapshots = snapshots;
  }

  /**
   * Begins to put the latest adapter in service. No job waits for it; until then the one before
   * answers.
   */
  private followOn(): void {
    const latest = this.snapshots?.latest(adapterPolicy(this.name));
    if (!latest || latest === this.followed) return;
    this.followed = latest;
    void this.adapt?.(latest);
  }

  /**
   * Submits a job.
   * @param key key of the content: two asks with one key are one job, so they must ask for the same
   */
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

/** Gives the scheduler of a role; roles that share a model share a scheduler. */
export type LlmSchedulers = (role: Role) => LlmScheduler;
