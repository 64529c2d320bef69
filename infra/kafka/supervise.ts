// Keeps a stage running: a life that fails is ended and begun anew from what was committed, after a
// pause that grows; what a restart cannot mend ends the pipeline.
import { codeOf } from '../../schemas/errors.ts';
import type { AnyTopic } from '../../schemas/topic.ts';
import type { TraceParent } from '../../streams/engine/tracing.ts';
import { pauseAfter } from './errors-policy.ts';
import { askedElsewhere, forPeople, mayPass, stageFailed } from './failures.ts';
import { type Lag, StageRunner } from './stage-runner.ts';
import type { StageRunnerOptions } from './stage-runner-options.ts';
import type { Answered } from './task/asked.ts';
import type { StageCounters } from './task/environment.ts';

/** Length of a run after which the trouble before it counts as over, ms. */
const healthyMs = 60_000;

export class SupervisedStage implements AsyncDisposable {
  readonly name: string;
  readonly counters: StageCounters = { processed: 0, commits: 0, skipped: 0, commitMs: 0 };
  private readonly options: StageRunnerOptions;
  private readonly stopping = new AbortController();
  private life: StageRunner | undefined;
  /** Time at which the run began, ms of the pipeline's clock; undefined before it has begun. */
  private born: number | undefined;
  private ended: Promise<void> = Promise.resolve();

  constructor(options: StageRunnerOptions) {
    this.options = options;
    this.name = options.stage.name;
  }

  /** Begins the first life; `onFatal` hears of a failure that no restart mends. */
  async start(onFatal: (error: unknown) => void): Promise<void> {
    this.life = await this.begin().catch((error: unknown) => {
      throw forPeople(error);
    });
    this.ended = this.watch().catch(onFatal);
  }

  async lag(): Promise<number> {
    return (await this.life?.lag().catch(() => undefined)) ?? Number.POSITIVE_INFINITY;
  }

  async lags(): Promise<Lag[]> {
    return (await this.life?.lags().catch(() => [])) ?? [];
  }

  /**
   * Steps an event at once, see `StageRunner.ask`.
   * @throws MillraceError `asked-elsewhere`, also while the stage begins anew, and as `StageRunner.ask`
   */
  async ask(
    topic: AnyTopic,
    event: unknown,
    withinMs?: number,
    parent?: TraceParent,
  ): Promise<Answered> {
    if (!this.life) throw askedElsewhere(this.name);
    return await this.life.ask(topic, event, withinMs, parent);
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
    this.born = undefined;
    try {
      await life.start();
      this.born = this.options.clock.now();
      return life;
    } catch (error) {
      await life.stop().catch(() => {});
      throw error;
    }
  }

  /**
   * Length of the run, ms; 0 if its group was never joined, since an unreachable broker takes long
   * to be given up.
   */
  private get livedMs(): number {
    return this.born === undefined ? 0 : this.options.clock.now() - this.born;
  }

  private async watch(): Promise<void> {
    let failures = 0;
    const { signal } = this.stopping;
    const { policy, instruments, clock } = this.options;
    const stopped = new Promise<undefined>((resolve) => {
      signal.addEventListener('abort', () => resolve(undefined), { once: true });
    });
    while (!signal.aborted) {
      const error = await Promise.race([this.ending(), stopped]);
      if (signal.aborted) return;
      failures = this.livedMs > healthyMs ? 1 : failures + 1;
      await this.life?.stop().catch(() => {});
      this.life = undefined;
      if (failures > policy.retries || !mayPass(error)) throw stageFailed(this.name, error);
      const pause = pauseAfter(failures, policy);
      const fields = { stage: this.name, code: codeOf(forPeople(error)), failures, pause };
      this.options.log.warn({ ...fields, error: String(error) }, 'restarting');
      instruments.restarted(this.name);
      await clock.sleep(pause, signal);
    }
  }

  /** Begins a run if none goes on. @returns what ended it */
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
