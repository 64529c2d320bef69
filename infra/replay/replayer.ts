// Writes a log to the topics, exactly once: events and progress go in one transaction, so a replay
// that was cut off goes on at the very step it had reached.
import type { Kafka } from 'kafkajs';
import type { Logger } from 'pino';
import type { LogStep, OpenLog } from '../../datasets/dataset.ts';
import { loggedImpression } from '../../schemas/logged-events.ts';
import type { AnyTopic } from '../../schemas/topic.ts';
import { type Impression, impressions } from '../../schemas/topics/impressions.ts';
import { items } from '../../schemas/topics/items.ts';
import type { ReplayProgress } from '../../schemas/topics/replays.ts';
import { type Request, requests } from '../../schemas/topics/requests.ts';
import { TransactionalProducer } from '../kafka/transactional-producer.ts';
import type { Codecs } from '../registry/registry.ts';
import { LogWriter, stepsPerCommit } from './log-writer.ts';
import { Pace } from './pace.ts';
import { beginningOf, otherLog, type ReplayedLog } from './progress.ts';
import { readProgress } from './read-progress.ts';

export interface ReplayOptions extends ReplayedLog {
  readonly kafka: Kafka;
  readonly log: Logger;
  readonly application: string;
  readonly codecs: Codecs;
  readonly nameOf: (topic: AnyTopic) => string;
  /** Number of partitions of the topics keyed by user. */
  readonly partitions: number;
  readonly folder: string;
  readonly scratch: string;
  /**
   * Speed of the replay: how many times as fast as the log happened.
   * @default as fast as it can be written
   */
  readonly speed?: number | undefined;
  /** Longest wait of a slate for feedback, event time, ms. @default the data set's */
  readonly windowMs?: number | undefined;
  /** Makes a request of a user's return; undefined for none. */
  readonly onSession?: ((session: ReplaySession) => LiveRequest | undefined) | undefined;
  readonly onProgress?: ((progress: ReplayProgress, rows: number) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

export type ReplaySession = Extract<LogStep, { kind: 'session' }> & {
  /** Number of rows of the whole log. */
  readonly rows: number;
  /** Number of sessions of this user so far, this one included. */
  readonly nth: number;
};

export interface LiveRequest {
  readonly request: Request;
  /**
   * Resolves once the request may be written. It is awaited when everything before the request is
   * committed.
   */
  readonly ready?: () => Promise<void>;
  /**
   * Event time at which an answer would be late, ms: the log does not pass it before `answered` has
   * resolved.
   */
  readonly dueAt: number;
  /** Resolves once the request was answered. */
  readonly answered: () => Promise<void>;
}

/** Largest number of requests that wait for answers at a time. */
const requestsAhead = 16;

export class Replayer {
  private readonly options: ReplayOptions;
  private writer!: LogWriter;
  private readonly pace: Pace;
  private progress: ReplayProgress;
  private pending = 0;
  private asked: LiveRequest[] = [];

  constructor(options: ReplayOptions) {
    this.options = options;
    this.progress = beginningOf(options);
    this.pace = new Pace(options.speed);
  }

  /**
   * Replays what is left of the log.
   * @returns how far it came
   * @throws MillraceError of the data set, before any event was written
   */
  async run(): Promise<ReplayProgress> {
    const { kafka, application } = this.options;
    // First no predecessor can write any more, then its last word is read.
    const transactionalId = `${application}-replay-${this.progress.replayId}`;
    const producer = await TransactionalProducer.takeOver(kafka, transactionalId);
    this.writer = new LogWriter(this.options, producer);
    try {
      this.progress = (await this.lastProgress()) ?? this.progress;
      if (this.progress.done) return this.progress;
      await using log = await this.open(this.progress.latest);
      if (this.progress.steps === 0) await this.catalogue();
      await this.steps(log);
      return this.progress;
    } finally {
      await producer.close();
    }
  }

  /** Opens the log. @param latest latest time of a row that does not lie ahead, ms; null for any */
  private open(latest: number | null): Promise<OpenLog> {
    const { dataset, folder, scratch, limit, future = 'auto' } = this.options;
    return dataset.open(folder, {
      scratch,
      ...(limit ? { limit } : {}),
      ahead: { latest: latest ?? Number.POSITIVE_INFINITY, rows: future },
    });
  }

  private async steps(log: OpenLog): Promise<void> {
    const { onSession, signal } = this.options;
    const resumed = this.progress.steps;
    const sessions = new Map<string, number>();
    let index = 0;
    for await (const step of log.steps()) {
      if (onSession && step.kind === 'session') {
        sessions.set(step.userId, (sessions.get(step.userId) ?? 0) + 1);
      }
      if (index++ < resumed) continue;
      if (signal?.aborted) break;
      // What was gathered goes out before a pause, not after it.
      if (this.pending > 0 && this.pace.waits(step.at)) await this.commit(log.rows);
      await this.pace.until(step.at, signal);
      // The end closes every window, whatever its own time.
      await this.answersBefore(step.kind === 'end' ? Infinity : step.at, log.rows);
      const live =
        step.kind === 'session'
          ? onSession?.({ ...step, rows: log.rows, nth: sessions.get(step.userId) ?? 1 })
          : undefined;
      // Before the step is counted: a replay that is cut off here comes back to it.
      if (live?.ready) {
        if (this.pending > 0) await this.commit(log.rows);
        await live.ready();
      }
      this.add(step);
      if (live) await this.ask(live, log.rows);
      if (this.pending >= stepsPerCommit) await this.commit(log.rows);
    }
    if (this.pending > 0) await this.commit(log.rows);
  }

  private async ask(live: LiveRequest, rows: number): Promise<void> {
    this.writer.write(requests, live.request);
    this.pending++;
    this.asked.push(live);
    if (this.asked.length >= requestsAhead) await this.answersBefore(Infinity, rows);
  }

  /** Waits for answers that would be late if event time passed `at`. */
  private async answersBefore(at: number, rows: number): Promise<void> {
    if (!this.asked.some(({ dueAt }) => dueAt <= at)) return;
    if (this.pending > 0) await this.commit(rows);
    await Promise.all(this.asked.map(({ answered }) => answered()));
    this.asked = [];
  }

  private add(step: LogStep): void {
    this.progress = this.writer.step(step, this.progress);
    if (step.kind === 'end') {
      this.writeEnd(step.at);
      this.progress = { ...this.progress, done: true };
    }
    this.pending++;
  }

  private async commit(rows: number): Promise<void> {
    this.pending = 0;
    await this.writer.commit(this.progress);
    this.options.onProgress?.(this.progress, rows);
  }

  /** Writes an empty slate into every partition, whose time closes every window. */
  private writeEnd(at: number): void {
    const { partitions, dataset, windowMs = dataset.attributionWindowMs } = this.options;
    for (let partition = 0; partition < partitions; partition++) {
      const impression = endMarker(dataset.name, partition, at + windowMs);
      this.writer.write(impressions, impression, { partition });
    }
  }

  private async catalogue(): Promise<void> {
    const { dataset, folder } = this.options;
    for await (const item of dataset.items(folder)) {
      this.writer.write(items, item);
      if (this.writer.count >= stepsPerCommit) await this.writer.commit();
    }
    await this.writer.commit();
  }

  private async lastProgress(): Promise<ReplayProgress | undefined> {
    const { replayId } = this.progress;
    const there = await readProgress(this.options);
    const other = [...there.keys()].findLast((id) => id !== replayId);
    if (other !== undefined) throw otherLog(other, replayId);
    return there.get(replayId);
  }
}

function endMarker(dataset: string, partition: number, at: number): Impression {
  const id = `${dataset}-end-${partition}`;
  return loggedImpression({ impressionId: id, userId: id, at }, []);
}
