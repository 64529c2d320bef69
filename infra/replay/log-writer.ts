// What replays and imports write, in transactions: the events of a log, and with them how far it came.
import type { LogStep } from '../../datasets/dataset.ts';
import type { AnyTopic, EventOf } from '../../schemas/topic.ts';
import { clicks } from '../../schemas/topics/clicks.ts';
import { deadLetters } from '../../schemas/topics/dead-letters.ts';
import { impressions } from '../../schemas/topics/impressions.ts';
import { type ReplayProgress, replays } from '../../schemas/topics/replays.ts';
import { requests } from '../../schemas/topics/requests.ts';
import { Outbox } from '../kafka/outbox.ts';
import { partitionsOf } from '../kafka/topics.ts';
import type { TransactionalProducer } from '../kafka/transactional-producer.ts';
import type { Codecs } from '../registry/registry.ts';

export interface LogWriterOptions {
  readonly codecs: Codecs;
  readonly nameOf: (topic: AnyTopic) => string;
  /** Number of partitions of the topics keyed by user. */
  readonly partitions: number;
}

/** Largest number of steps in a transaction. */
export const stepsPerCommit = 4_000;

export class LogWriter {
  private readonly options: LogWriterOptions;
  private readonly producer: TransactionalProducer;
  private outbox = new Outbox();

  /** @param producer stays the caller's, who closes it */
  constructor(options: LogWriterOptions, producer: TransactionalProducer) {
    this.options = options;
    this.producer = producer;
  }

  /** Number of records that wait for the end of the transaction. */
  get count(): number {
    return this.outbox.count;
  }

  write<T extends AnyTopic>(
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

  /** Writes a record without a value, which deletes the key. */
  delete(topic: AnyTopic, key: string): void {
    const { codecs, nameOf } = this.options;
    const of = partitionsOf(topic, this.options);
    this.outbox.add(nameOf(topic), { of }, key, codecs.of(topic), null);
  }

  /** Writes what a step says. @returns the progress with it */
  step(step: LogStep, progress: ReplayProgress): ReplayProgress {
    const next = { ...progress, at: Math.max(progress.at, step.at) };
    next.steps++;
    if ('rows' in step) next.events += step.rows;
    if (step.kind === 'impression') {
      this.write(impressions, step.impression);
      next.shown += step.impression.items.length;
    } else if (step.kind === 'click') {
      this.write(clicks, step.click);
      next.clicks++;
    } else if (step.kind === 'request') {
      this.write(requests, step.request);
    } else if (step.kind === 'dead') {
      this.write(deadLetters, step.deadLetter);
      next.unreadable++;
    }
    return next;
  }

  /** Commits what was written. @param progress goes with it; absent: none does */
  async commit(progress?: ReplayProgress): Promise<void> {
    if (progress) this.write(replays, progress);
    const { outbox } = this;
    this.outbox = new Outbox();
    await this.producer.commit(outbox);
  }
}
