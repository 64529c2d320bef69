// What the demo counts while it runs, as the page and the progress lines show it.
import type { LiveCounters } from '../../infra/http/live.ts';
import type { Pipeline } from '../../infra/kafka/pipeline.ts';
import type { ReplayProgress } from '../../schemas/topics/replays.ts';
import type { LlmScheduler } from '../../streams/enrichers/llm-scheduler.ts';
import { vectorsTable } from '../../streams/tables/vectors.ts';

/** Looks at the lags this often, ms. */
const everyMs = 2_000;

export class Counters implements Disposable {
  phase = 'starting';
  private readonly started: number;
  private readonly timer: NodeJS.Timeout;
  private readonly pipeline: Pipeline;
  private readonly scheduler: LlmScheduler;
  private readonly rates = new Map<string, { count: number; at: number; perSecond: number }>();
  private readonly lags = new Map<string, number>();
  private progress: ReplayProgress | undefined;
  private rows = 0;
  /** Of which part of the process is the time, ms: from start-up to the first event. */
  firstEventMs: number | undefined;

  /** `started`: when the run began, by `performance.now()`. */
  constructor(pipeline: Pipeline, scheduler: LlmScheduler, started: number) {
    this.started = started;
    this.pipeline = pipeline;
    this.scheduler = scheduler;
    this.timer = setInterval(() => void this.look(), everyMs);
    this.timer.unref();
  }

  /** Since the start of the run, s. */
  get seconds(): number {
    return (performance.now() - this.started) / 1000;
  }

  replayed(progress: ReplayProgress, rows: number): void {
    this.firstEventMs ??= performance.now();
    this.progress = progress;
    this.rows = rows;
  }

  /** The replay has ended, or had ended before this start. */
  finished(progress: ReplayProgress): void {
    this.progress = progress;
    this.rows = Math.max(this.rows, progress.events);
  }

  snapshot(): LiveCounters {
    const { done, shed, queued, busyMs } = this.scheduler.queue.metrics;
    const { simulated = 0 } =
      this.pipeline.enrichers.find((e) => e.name === 'simulate')?.counts ?? {};
    const stages = [
      ...this.pipeline.stages.map(({ name, counters }) => ({ name, ...counters })),
      ...this.pipeline.enrichers.map(({ name, processed }) => ({ name, processed, commits: 0 })),
    ];
    return {
      phase: this.phase,
      replay: {
        events: this.progress?.events ?? 0,
        total: this.rows,
        perSecond: this.rates.get('replay')?.perSecond ?? 0,
      },
      stages: stages.map(({ name, processed, commits }) => ({
        name,
        processed,
        commits,
        perSecond: this.rates.get(name)?.perSecond ?? 0,
        lag: this.lags.get(name) ?? 0,
      })),
      llm: {
        model: this.scheduler.name,
        vectors: this.pipeline.tables.of(vectorsTable).of('representer').size,
        simulated,
        queued,
        shed,
        busy: done === 0 ? 0 : Math.min(1, busyMs / (1000 * this.seconds)),
      },
      seconds: Math.round(this.seconds * 10) / 10,
    };
  }

  [Symbol.dispose](): void {
    clearInterval(this.timer);
  }

  private async look(): Promise<void> {
    this.rate('replay', this.progress?.events ?? 0);
    for (const { name, counters } of this.pipeline.stages) this.rate(name, counters.processed);
    for (const { name, processed } of this.pipeline.enrichers) this.rate(name, processed);
    for (const part of [...this.pipeline.stages, ...this.pipeline.enrichers]) {
      const lag = await part.lag().catch(() => 0);
      this.lags.set(part.name, Number.isFinite(lag) ? lag : 0);
    }
  }

  private rate(name: string, count: number): void {
    const at = performance.now();
    const last = this.rates.get(name) ?? { count, at, perSecond: 0 };
    const passed = (at - last.at) / 1000;
    const perSecond = passed > 0 ? Math.max(0, Math.round((count - last.count) / passed)) : 0;
    this.rates.set(name, { count, at, perSecond });
  }
}
