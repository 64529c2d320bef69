// A record that was fetched for a task. Its event is decoded when the record is the head of its input, since
// the merge goes by the time that the event names; what the broker says of time counts for nothing.
import { eventAhead } from '../../../schemas/border.ts';
import type { Codec } from '../../../schemas/codec.ts';
import { codeOf, MillraceError } from '../../../schemas/errors.ts';
import type { AnyTopic } from '../../../schemas/topic.ts';
import type { LatestTime } from '../errors-policy.ts';
import type { FetchedRecord } from '../wire/batch-reader.ts';

/** What the records of a task are read with. */
export interface RecordReading {
  readonly inputs: readonly AnyTopic[];
  readonly codecOf: (topic: AnyTopic) => Codec;
  /**
   * Asks the registry for the schema of a record, once a schema.
   * @throws `registry-unreachable`; `schema-unknown`, `record-undecodable` of a record that cannot be read
   */
  readonly learnSchema: (topic: AnyTopic, value: Buffer) => Promise<void>;
  /** Gives the latest event time of a topic that is let in now, ms. @default any is */
  readonly latest?: LatestTime | undefined;
}

/** Time of a record without an event that may be used, ms: it holds up nothing that comes after it. */
const noTime = Number.NEGATIVE_INFINITY;

export class Taken {
  readonly input: number;
  readonly record: FetchedRecord;
  /** Time at which it was fetched, ms since the epoch; 0 if nobody follows traces. */
  readonly fetchedAt: number;
  /** Why there is no event to process; undefined if there is one. */
  error: unknown;
  private readonly reading: RecordReading;
  private event: unknown;
  /** Event time, ms; NaN before the record is read. */
  private time = Number.NaN;
  /** Whether the registry was asked for the schema. */
  private asked = false;

  constructor(reading: RecordReading, input: number, record: FetchedRecord, fetchedAt = 0) {
    this.reading = reading;
    this.input = input;
    this.record = record;
    this.fetchedAt = fetchedAt;
  }

  get topic(): AnyTopic {
    return this.reading.inputs[this.input]!;
  }

  /** Whether the record has no value, and so forgets what is kept under its key. */
  get forgets(): boolean {
    return this.record.value === null && this.topic.forgets;
  }

  /** Event time, ms; −Infinity if there is no event. */
  get at(): number {
    if (Number.isNaN(this.time)) this.read();
    return this.time;
  }

  /**
   * Asks for the schema of the record, where it is not known here; afterwards `at` may be another.
   * @returns undefined if there is nothing to ask; the promise rejects with `registry-unreachable`
   */
  learn(): Promise<void> | undefined {
    if (this.at !== noTime || this.asked || codeOf(this.error) !== 'schema-unknown')
      return undefined;
    return this.ask();
  }

  /** The event. A second call decodes it again: a step may have changed what the first gave. */
  takeEvent(): unknown {
    const event = this.event ?? this.decode();
    this.event = undefined;
    return event;
  }

  private async ask(): Promise<void> {
    this.asked = true;
    try {
      await this.reading.learnSchema(this.topic, this.record.value!);
    } catch (error) {
      if (!(error instanceof MillraceError) || error.remedy !== 'skip') throw error;
      this.error = error;
      return;
    }
    this.error = undefined;
    this.time = Number.NaN;
  }

  private read(): void {
    if (this.forgets) {
      this.time = noTime;
      return;
    }
    try {
      this.event = this.decode();
      this.time = this.topic.timeOf(this.event);
      if (!Number.isFinite(this.time)) throw timeless(this.topic, this.time);
      const latest = this.reading.latest?.(this.topic) ?? Number.POSITIVE_INFINITY;
      if (this.time > latest) throw eventAhead(this.topic, this.time, latest);
    } catch (error) {
      this.error = error;
      this.event = undefined;
      this.time = noTime;
    }
  }

  private decode(): unknown {
    return this.reading.codecOf(this.topic).take(this.record);
  }
}

function timeless(topic: AnyTopic, at: number): MillraceError {
  return new MillraceError({
    code: 'record-undecodable',
    what: `A record of ${topic.name} names no time.`,
    why: `timeOf gives ${at} for it.`,
    todo: 'Look at the original bytes in dead-letters, and at what produced them.',
    remedy: 'skip',
  });
}
