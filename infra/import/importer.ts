// Writes a history to the topics, exactly once: events and progress go in one transaction, so an import that
// was cut off goes on at the very step it had reached, and files that are there already are left alone.
import type { Kafka } from 'kafkajs';
import type { Logger } from 'pino';
import type { History, ItemChange } from '../../datasets/mapping/history.ts';
import { loggedImpression } from '../../schemas/logged-events.ts';
import type { AnyTopic } from '../../schemas/topic.ts';
import { clicks } from '../../schemas/topics/clicks.ts';
import { impressions } from '../../schemas/topics/impressions.ts';
import { items } from '../../schemas/topics/items.ts';
import { type ReplayProgress, replays } from '../../schemas/topics/replays.ts';
import { requests } from '../../schemas/topics/requests.ts';
import { TransactionalProducer } from '../kafka/transactional-producer.ts';
import type { Codecs } from '../registry/registry.ts';
import { LogWriter, stepsPerCommit } from '../replay/log-writer.ts';
import { readProgress } from '../replay/read-progress.ts';
import { type ImportBatch, importPlan } from './plan.ts';
import { alreadyLive } from './refusals.ts';
import { hasRecords } from './there.ts';

export interface ImportOptions {
  readonly kafka: Kafka;
  readonly log: Logger;
  readonly application: string;
  readonly codecs: Codecs;
  readonly nameOf: (topic: AnyTopic) => string;
  /** Number of partitions of the topics keyed by user. */
  readonly partitions: number;
  /** Marks of the files to import, by their content and their mapping. */
  readonly marks: readonly string[];
  /** Time that a slate waits for feedback, ms. */
  readonly windowMs: number;
  /** Latest event time that is let in by an import that begins now, ms; null for any. */
  readonly latest: number | null;
  /** Reads and maps the files of these marks. */
  readonly open: (marks: readonly string[], latest: number | null) => Promise<History>;
  readonly onProgress?: ((progress: ReplayProgress) => void) | undefined;
}

export class Importer {
  private readonly options: ImportOptions;
  private writer!: LogWriter;
  private progress!: ReplayProgress;

  constructor(options: ImportOptions) {
    this.options = options;
  }

  /**
   * Imports what is not there yet.
   * @param use is given the history that was imported; not called if all files were there already
   * @returns marks of the files that were imported now
   * @throws MillraceError of the files, before any event was written; `import-changed`, `import-late`,
   * `replay-of-another-log`
   */
  async run(use: (history: History) => void): Promise<readonly string[]> {
    const { kafka, application, marks, latest, open } = this.options;
    // First no predecessor can write any more, then its last word is read.
    const producer = await TransactionalProducer.takeOver(kafka, `${application}-import`);
    this.writer = new LogWriter(this.options, producer);
    try {
      const plan = importPlan(await readProgress(this.options), marks, latest);
      if (plan.marks.length === 0) return [];
      this.progress = plan.progress;
      await using history = await open(plan.marks, this.progress.latest);
      if (this.progress.steps === 0) {
        await this.wantRoom(history, plan);
        await this.catalogue(history.items());
      }
      await this.steps(history, plan);
      use(history);
      return plan.marks;
    } finally {
      await producer.close();
    }
  }

  /** Refuses events of a time that the topics have passed: their windows would close at once. */
  private async wantRoom({ first }: History, { reached }: ImportBatch): Promise<void> {
    if (first === null) return;
    const others = reached === null ? [impressions, clicks] : [];
    const live = await hasRecords(this.options, [requests, ...others]);
    if (live !== undefined || (reached !== null && first <= reached)) {
      throw alreadyLive(first, reached, live);
    }
  }

  private async steps(history: History, { marks }: ImportBatch): Promise<void> {
    const resumed = this.progress.steps;
    let index = 0;
    for await (const step of history.steps()) {
      if (index++ < resumed) continue;
      this.progress = this.writer.step(step, this.progress);
      if (this.writer.count >= stepsPerCommit) await this.commit();
    }
    if (history.first !== null) this.writeEnd();
    this.progress = { ...this.progress, done: true };
    for (const mark of marks) this.writer.write(replays, markOf(mark, this.progress.at));
    await this.commit();
  }

  private async commit(): Promise<void> {
    await this.writer.commit(this.progress);
    this.options.onProgress?.(this.progress);
  }

  /**
   * Writes an empty slate into every partition, whose time closes the windows that are over by now. It
   * never lies ahead of the clock, so that live events go on from there.
   */
  private writeEnd(): void {
    const { partitions, windowMs } = this.options;
    const at = Math.max(this.progress.at, Math.min(this.progress.at + windowMs, Date.now()));
    for (let partition = 0; partition < partitions; partition++) {
      const id = `${this.progress.replayId}-end-${partition}`;
      const slate = loggedImpression({ impressionId: id, userId: id, at }, []);
      this.writer.write(impressions, slate, { partition });
    }
  }

  private async catalogue(changes: AsyncIterable<ItemChange[]>): Promise<void> {
    for await (const batch of changes) {
      for (const change of batch) {
        if (change.kind === 'item') this.writer.write(items, change.event);
        else this.writer.delete(items, change.itemId);
      }
      if (this.writer.count >= stepsPerCommit) await this.writer.commit();
    }
    await this.writer.commit();
  }
}

/** Says that a file is there. */
function markOf(mark: string, at: number): ReplayProgress {
  const nothing = { steps: 0, events: 0, shown: 0, clicks: 0, unreadable: 0 };
  return { replayId: mark, at, ...nothing, done: true, latest: null };
}
