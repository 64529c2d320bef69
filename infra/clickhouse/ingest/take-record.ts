// One record on its way to ClickHouse: read, and held to the border, as the streams do it.
import { timeLetIn } from '../../../schemas/border.ts';
import { headerBytes, schemaIdOf } from '../../../schemas/codec.ts';
import { codeOf, MillraceError } from '../../../schemas/errors.ts';
import type { AnyTopic } from '../../../schemas/topic.ts';
import type { LatestTime } from '../../kafka/errors-policy.ts';
import type { FetchedRecord } from '../../kafka/wire/batch-reader.ts';
import type { Codecs } from '../../registry/registry.ts';
import type { TopicTable } from '../tables.ts';
import type { Landing } from './landing.ts';

/** Whose events up to which time are not to land. */
export interface Gone {
  covers(userId: string, at: number): boolean;
}

const nothing = Buffer.alloc(0);

export class RecordTaker {
  private readonly codecs: Codecs;
  private readonly latest: LatestTime;
  private readonly landing: Landing;
  private readonly gone: Gone;

  /**
   * @param latest gives the latest event time of a topic that is let in now, ms
   * @param gone users who are forgotten. @default none
   */
  constructor(
    {
      codecs,
      latest = () => Number.POSITIVE_INFINITY,
    }: { codecs: Codecs; latest?: LatestTime | undefined },
    landing: Landing,
    gone: Gone = { covers: () => false },
  ) {
    this.codecs = codecs;
    this.latest = latest;
    this.landing = landing;
    this.gone = gone;
  }

  /**
   * Takes a record: as a row, as the deletion of a key, or as refused.
   * @returns what to wait for where the registry must be asked, else nothing
   * @throws MillraceError `registry-unreachable`
   */
  take(table: TopicTable, partition: number, record: FetchedRecord): Promise<void> | undefined {
    const { value, offset, key } = record;
    if (value === null && table.of.compacted) {
      this.landing.delete(table, { partition, offset, key: key?.toString() ?? '' });
      return undefined;
    }
    if (value === null && table.of.forgets) return undefined;
    const codec = this.codecs.of(table.of);
    try {
      if (!codec.knows(schemaIdOf(value ?? nothing))) return this.ask(table, partition, record);
      this.keep(table, partition, record, codec.take(record));
    } catch (error) {
      this.refuse(table, partition, record, error);
    }
    return undefined;
  }

  private async ask(table: TopicTable, partition: number, record: FetchedRecord): Promise<void> {
    try {
      this.keep(table, partition, record, await this.codecs.take(table.of, record));
    } catch (error) {
      this.refuse(table, partition, record, error);
    }
  }

  private keep(table: TopicTable, partition: number, record: FetchedRecord, event: unknown): void {
    const { offset, key } = record;
    const value = record.value!;
    const codec = this.codecs.of(table.of);
    timeLetIn(table.of, event, this.latest(table.of));
    if (this.isGone(event)) return;
    // Bytes by our own schema are what we would write; those of another writer are written anew.
    const own = schemaIdOf(value) === codec.schemaId ? value : codec.encode(event);
    const place = { partition, offset, key: key?.toString() ?? '' };
    this.landing.add(table, place, own.subarray(headerBytes));
  }

  private isGone(event: unknown): boolean {
    const { userId, at } = event as { userId?: unknown; at?: unknown };
    return typeof userId === 'string' && typeof at === 'number' && this.gone.covers(userId, at);
  }

  private refuse(
    { topic, of }: TopicTable,
    partition: number,
    { offset, value }: FetchedRecord,
    error: unknown,
  ): void {
    if (!(error instanceof MillraceError) || error.remedy !== 'skip') throw error;
    const place = { topic, _partition: partition, _offset: offset };
    const code = codeOf(error);
    const raw = value ?? nothing;
    const event = code === 'record-undecodable' ? '' : this.eventOf(of, raw);
    this.landing.refuse({ ...place, code, error: error.message, raw, event });
  }

  /** The event as JSON; empty if the record does not decode. */
  private eventOf(topic: AnyTopic, raw: Buffer): string {
    try {
      return JSON.stringify(this.codecs.of(topic).decode(raw));
    } catch {
      return '';
    }
  }
}
