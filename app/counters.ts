// Counts of a running process, for the page and the progress lines.
import type { LiveCounters } from '../infra/http/live.ts';
import type { Pipeline } from '../infra/kafka/pipeline.ts';
import type { ReplayProgress } from '../schemas/topics/replays.ts';
import type { LlmScheduler } from '../streams/enrichers/llm-scheduler.ts';
import { vectorsTable } from '../streams/tables/vectors.ts';

/** Time between two readings of the lags, ms. */
const everyMs = 2_000;

/** How far a stage or an enricher is. */
export interface Progress {
  readonly name: string;
  /** Number of records processed since the start. */
  readonly processed: number;
  /** Number of transactions committed since the start. */
  readonly commits: number;
  /** Number of records that wait; 0 if it is not known. */
  readonly lag: number;
}

/** The progress of every stage and enricher that runs here. */
export function progressOf({ stages, enrichers }: Pipeline): Promise<Progress[]> {
  const lagOf = async (part: { lag(): Promise<number> }) => {
    const lag = await part.lag().catch(() => 0);
    return Number.isFinite(lag) ? lag : 0;
  };
  return Promise.all([
    ...stages.map(async (stage) => {
      const { processed, commits } = stage.counters;
      return { name: stage.name, processed, commits, lag: await lagOf(stage) };
    }),
    ...enrichers.map(async (enricher) => {
      const { name, processed } = enricher;
      return { name, processed, commits: 0, lag: await lagOf(enricher) };
    }),
  ]);
}

/** Number of items that the representer has made vectors of. */
const vectorsIn = ({ tables }: Pipeline) =>
  tables.isFedBy(vectorsTable.topic) ? tables.of(vectorsTable).of('representer').size : 0;

export interface Counted {
  /** The process's own pipeline, for its tables and its enrichers. */
  readonly pipeline: Pipeline;
  /** Reads the progress. @default that of the pipeline */
  readonly progress?: () => Promise<readonly Progress[]>;
  /** The language model whose jobs are counted. @default none */
  readonly scheduler?: LlmScheduler | undefined;
  /** `performance.now()` at the beginning of the run, ms. */
  readonly started: number;
}

export class Counters implements Disposable {
  #phase = 'starting';
  /** `performance.now()` when the run was done, ms; undefined while it goes on. */
  #doneAt: number | undefined;
  private readonly counted: Counted;
  private readonly timer: NodeJS.Timeout;
  private readonly rates = new Map<string, { count: number; at: number; perSecond: number }>();
  private stages: readonly Progress[] = [];
  private replay: ReplayProgress | undefined;
  private rows = 0;
  /** `performance.now()` at the first event of a replay, ms; 0 is the start of the process. */
  firstEventMs: number | undefined;

  constructor(counted: Counted) {
    this.counted = counted;
    this.timer = setInterval(() => void this.look(), everyMs);
    this.timer.unref();
  }

  get phase(): string {
    return this.#phase;
  }

  set phase(phase: string) {
    this.#phase = phase;
    this.#doneAt = phase === 'done' ? performance.now() : undefined;
  }

  /** Time since the start of the run, s; once it is done, the time that it took. */
  get seconds(): number {
    return ((this.#doneAt ?? performance.now()) - this.counted.started) / 1000;
  }

  replayed(progress: ReplayProgress, rows: number): void {
    this.firstEventMs ??= performance.now();
    this.replay = progress;
    this.rows = rows;
  }

  /** Notes that the replay has ended, in this run of the process or an earlier one. */
  finished(progress: ReplayProgress): void {
    this.replay = progress;
    this.rows = Math.max(this.rows, progress.events);
  }

  snapshot(): LiveCounters {
    const { pipeline, scheduler } = this.counted;
    const { done = 0, shed = 0, queued = 0, busyMs = 0 } = scheduler?.queue.metrics ?? {};
    const { simulated = 0 } = pipeline.enrichers.find((e) => e.name === 'simulate')?.counts ?? {};
    return {
      phase: this.phase,
      replay: {
        events: this.events,
        total: this.rows,
        perSecond: this.rates.get('replay')?.perSecond ?? 0,
      },
      stages: this.stages.map((stage) => ({
        ...stage,
        perSecond: this.rates.get(stage.name)?.perSecond ?? 0,
      })),
      llm: {
        model: scheduler?.name ?? '',
        vectors: vectorsIn(pipeline),
        simulated,
        queued,
        shed,
        busy: done === 0 ? 0 : Math.min(1, busyMs / (performance.now() - this.counted.started)),
      },
      seconds: Math.round(this.seconds * 10) / 10,
    };
  }

  [Symbol.dispose](): void {
    clearInterval(this.timer);
  }

  /** Events of the log that is replayed; without a log, those that the busiest stage has read. */
  private get events(): number {
    return this.replay?.events ?? Math.max(0, ...this.stages.map(({ processed }) => processed));
  }

  private async look(): Promise<void> {
    const { pipeline, progress = () => progressOf(pipeline) } = this.counted;
    this.stages = await progress().catch(() => this.stages);
    this.rate('replay', this.events);
    for (const { name, processed } of this.stages) this.rate(name, processed);
  }

  private rate(name: string, count: number): void {
    const at = performance.now();
    const last = this.rates.get(name) ?? { count, at, perSecond: 0 };
    const passed = (at - last.at) / 1000;
    const perSecond = passed > 0 ? Math.max(0, Math.round((count - last.count) / passed)) : 0;
    this.rates.set(name, { count, at, perSecond });
  }
}
