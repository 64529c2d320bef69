// Keeps a stage running: a life that fails is ended and begun anew from what was committed, after a
// pause that grows; what a restart cannot mend ends the pipeline.
import { setTimeout as sleep } from 'node:timers/promises';
import { MillraceError } from '../../schemas/errors.ts';
import { type Lag, StageRunner, type StageRunnerOptions, stageFailed } from './stage-runner.ts';
import type { StageCounters } from './task/environment.ts';

/** A life this long shows that the trouble is over, ms. */
const healthyMs = 60_000;

export class SupervisedStage implements AsyncDisposable {
  readonly name: string;
  readonly counters: StageCounters = { processed: 0, commits: 0, skipped: 0, commitMs: 0 };
  private readonly options: StageRunnerOptions;
  private readonly stopping = new AbortController();
  private life: StageRunner | undefined;
  private ended: Promise<void> = Promise.resolve();

  constructor(options: StageRunnerOptions) {
    this.options = options;
    this.name = options.stage.name;
  }

  /** Begins the first life; `onFatal` hears of a failure that no restart mends. */
  async start(onFatal: (error: unknown) => void): Promise<void> {
    this.life = await this.begin();
    this.ended = this.watch().catch(onFatal);
  }

  async lag(): Promise<number> {
    return (await this.life?.lag().catch(() => undefined)) ?? Number.POSITIVE_INFINITY;
  }

  async lags(): Promise<Lag[]> {
    return (await this.life?.lags().catch(() => [])) ?? [];
  }

  /** Partitions whose tasks run here. */
  get running(): readonly number[] {
    return this.life?.running ?? [];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.stopping.abort();
    await this.life?.stop();
    await this.ended;
  }

  private async begin(): Promise<StageRunner> {
    const life = new StageRunner(this.options, this.counters);
    try {
      await life.start();
      return life;
    } catch (error) {
      await life.stop().catch(() => {});
      throw error;
    }
  }

  private async watch(): Promise<void> {
    let failures = 0;
    const { signal } = this.stopping;
    const { policy, instruments } = this.options;
    const stopped = new Promise<undefined>((resolve) => {
      signal.addEventListener('abort', () => resolve(undefined), { once: true });
    });
    while (!signal.aborted) {
      const born = this.options.now();
      const error = await Promise.race([this.ending(), stopped]);
      if (signal.aborted) return;
      if (this.options.now() - born > healthyMs) failures = 0;
      failures++;
      await this.life?.stop().catch(() => {});
      this.life = undefined;
      if (failures > policy.retries || !mendable(error)) throw stageFailed(this.name, error);
      this.options.log.warn({ stage: this.name, error: String(error), failures }, 'restarting');
      instruments.restarted(this.name);
      const pause = Math.min(policy.longestPauseMs, policy.firstPauseMs * 2 ** (failures - 1));
      await sleep(pause, undefined, { signal }).catch(() => {});
    }
  }

  /** Resolves with what ended the life, beginning one where there is none. */
  private async ending(): Promise<unknown> {
    try {
      this.life ??= await this.begin();
      if (this.stopping.signal.aborted) await this.life.stop();
      return await this.life.failed;
    } catch (error) {
      return error;
    }
  }
}

/** The broker's troubles pass; an error of a step comes again with the same record. */
function mendable(error: unknown): boolean {
  if (error instanceof MillraceError) return error.remedy === 'retry';
  return error instanceof Error && error.name.startsWith('KafkaJS');
}
