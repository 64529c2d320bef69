// Writes a history to the topics, exactly once: events and progress go in one transaction, so an import that
// was cut off goes on at the very step it had reached, and files that are there already are left alone.
import type { Kafka } from 'kafkajs';
import type { Logger } from 'pino';
import type { LogStep } from '../../datasets/dataset.ts';
import type { History, ItemChange } from '../../datasets/mapping/history.ts';
import { loggedImpression } from '../../schemas/logged-events.ts';
import type { AnyTopic, EventOf } from '../../schemas/topic.ts';
import { clicks } from '../../schemas/topics/clicks.ts';
import { deadLetters } from '../../schemas/topics/dead-letters.ts';
import { impressions } from '../../schemas/topics/impressions.ts';
import { items } from '../../schemas/topics/items.ts';
import { type ReplayProgress, replays } from '../../schemas/topics/replays.ts';
import { requests } from '../../schemas/topics/requests.ts';
import { Outbox } from '../kafka/outbox.ts';
import { partitionsOf } from '../kafka/topics.ts';
import { TransactionalProducer } from '../kafka/transactional-producer.ts';
import type { Codecs } from '../registry/registry.ts';
import { type ImportBatch, importPlan } from './plan.ts';
import { alreadyLive } from './refusals.ts';
import { hasRecords, readProgress } from './there.ts';

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

/** Largest number of steps in a transaction. */
const stepsPerCommit = 4_000;

export class Importer {
  private readonly options: ImportOptions;
  private producer!: TransactionalProducer;
  private outbox = new Outbox();
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
    this.producer = await TransactionalProducer.takeOver(kafka, `${application}-import`);
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
      await this.producer.close();
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
      this.add(step);
      if (this.outbox.count >= stepsPerCommit) await this.commit();
    }
    if (history.first !== null) this.writeEnd();
    this.progress = { ...this.progress, done: true };
    for (const mark of marks) this.write(replays, markOf(mark, this.progress.at));
    await this.commit();
  }

  private add(step: LogStep): void {
    const next = { ...this.progress, at: Math.max(this.progress.at, step.at) };
    next.steps++;
    if ('rows' in step) next.events += step.rows;
    if (step.kind === 'impression') {
      this.write(impressions, step.impression);
      next.shown += step.impression.items.length;
    } else if (step.kind === 'click') {
      this.write(clicks, step.click);
      next.clicks++;
    } else if (step.kind === 'dead') {
      this.write(deadLetters, step.deadLetter);
      next.unreadable++;
    }
    this.progress = next;
  }

  private async commit(): Promise<void> {
    this.write(replays, this.progress);
    const outbox = this.outbox;
    this.outbox = new Outbox();
    await this.producer.commit(outbox);
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
      this.write(impressions, slate, { partition });
    }
  }

  private async catalogue(changes: AsyncIterable<ItemChange[]>): Promise<void> {
    for await (const batch of changes) {
      for (const change of batch) {
        if (change.kind === 'item') this.write(items, change.event);
        else this.tombstone(change.itemId);
      }
      if (this.outbox.count < stepsPerCommit) continue;
      await this.producer.commit(this.outbox);
      this.outbox = new Outbox();
    }
    await this.producer.commit(this.outbox);
    this.outbox = new Outbox();
  }

  private tombstone(itemId: string): void {
    const { codecs, nameOf } = this.options;
    this.outbox.add(nameOf(items), { of: 1 }, itemId, codecs.of(items), null);
  }

  private write<T extends AnyTopic>(
    to: T,
    event: EventOf<T>,
    where: { readonly partition: number } | { readonly of: number } = {
      of: partitionsOf(to, this.options),
    },
  ): void {
    const topic: AnyTopic = to;
    const { codecs, nameOf } = this.options;
    this.outbox.add(nameOf(topic), where, topic.keyOf(event), codecs.of(topic), event);
  }
}

/** Says that a file is there. */
function markOf(mark: string, at: number): ReplayProgress {
  const nothing = { steps: 0, events: 0, shown: 0, clicks: 0, unreadable: 0 };
  return { replayId: mark, at, ...nothing, done: true, latest: null };
}
