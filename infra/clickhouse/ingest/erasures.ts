// The users who are forgotten, as ClickHouse hears of them: rows that are there are erased, and none of
// theirs lands any more.
import type { Kafka } from 'kafkajs';
import type { Logger } from 'pino';
import type { AnyTopic } from '../../../schemas/topic.ts';
import { type Forgotten, forgotten } from '../../../schemas/topics/forgotten.ts';
import { ForgottenUsers } from '../../../streams/tables/forgotten.ts';
import { decodeOrSkip } from '../../kafka/decode-or-skip.ts';
import { readTopics, type TopicReader } from '../../kafka/read-to-end.ts';
import type { Codecs } from '../../registry/registry.ts';
import { rowsOf, type Warehouse } from '../warehouse.ts';
import { eraseUser } from './erase.ts';

interface ErasureOptions {
  readonly warehouse: Warehouse;
  readonly kafka: Kafka;
  readonly codecs: Codecs;
  readonly nameOf: (topic: AnyTopic) => string;
  readonly log: Logger;
}

export class Erasures implements AsyncDisposable {
  readonly users = new ForgottenUsers();
  private readonly options: ErasureOptions;
  /** Users whose rows are to be erased, by fingerprint. */
  private due = new Map<string, Forgotten>();
  /** By fingerprint, the time up to which rows are erased, ms. */
  private readonly erased: ReadonlyMap<string, number>;
  private reader: TopicReader | undefined;

  private constructor(options: ErasureOptions, erased: ReadonlyMap<string, number>) {
    this.options = options;
    this.erased = erased;
  }

  /** Hears of every user who was forgotten so far, then of each who comes. */
  static async follow(
    options: ErasureOptions,
    onCrash: (error: unknown) => void,
  ): Promise<Erasures> {
    const { kafka, codecs, nameOf, log } = options;
    const one = new Erasures(options, await erasedBefore(options.warehouse));
    one.reader = await readTopics({
      kafka,
      log,
      topics: [nameOf(forgotten)],
      follow: true,
      onCrash,
      onRecords: async (_name, partition, records) => {
        for (const record of records) {
          if (record.value === null) continue;
          const place = { topic: forgotten, partition };
          const event = await decodeOrSkip(codecs, place, record, log);
          if (event !== undefined) one.hear(event as Forgotten);
        }
      },
    });
    await one.reader.caughtUp;
    return one;
  }

  /** The users whose rows are to be erased now: what of theirs was taken before must land first. */
  take(): readonly Forgotten[] {
    const due = [...this.due.values()];
    this.due = new Map();
    return due;
  }

  /** Erases the rows of users, and notes it. If this fails, it is begun again when topics are followed anew. */
  async erase(due: readonly Forgotten[]): Promise<void> {
    const { warehouse, log } = this.options;
    for (const event of due) {
      await eraseUser(warehouse, event);
      const { fingerprint, at } = event;
      const table = `${warehouse.database}.ingest_erasures`;
      const values = [{ fingerprint, at: new Date(at).toISOString().slice(0, -1) }];
      await warehouse.client.insert({ table, values, format: 'JSONEachRow' });
      log.info({ fingerprint }, 'the rows of a user are erased');
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.reader?.[Symbol.asyncDispose]();
  }

  private hear(event: Forgotten): void {
    const isNew = !this.users.has(event);
    this.users.take(event);
    if ((this.erased.get(event.fingerprint) ?? -1) >= event.at) return;
    if (isNew) this.due.set(event.fingerprint, event);
  }
}

async function erasedBefore({ client, database }: Warehouse): Promise<ReadonlyMap<string, number>> {
  const rows = await rowsOf<{ fingerprint: string; at: string }>(
    { client },
    `select fingerprint, toString(toUnixTimestamp64Milli(max(at))) as at
     from ${database}.ingest_erasures group by fingerprint`,
  );
  return new Map(rows.map(({ fingerprint, at }) => [fingerprint, Number(at)]));
}
