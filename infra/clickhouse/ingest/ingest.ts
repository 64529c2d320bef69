// ClickHouse holds what the streams read: one reader of ours for both. The topics are fetched, decoded and
// held to the border by the codecs; what passes lands in Avro of our schema, what does not in
// `ingest_errors`, under the code of its dead letter. At least once: rows land on themselves.
import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises';
import type { Kafka } from 'kafkajs';
import type { Logger } from 'pino';
import type { AnyTopic } from '../../../schemas/topic.ts';
import type { LatestTime } from '../../kafka/errors-policy.ts';
import { Fetcher } from '../../kafka/fetcher.ts';
import { endsOf, type PartitionEnds } from '../../kafka/read-to-end.ts';
import type { FetchedRecord } from '../../kafka/wire/batch-reader.ts';
import type { Codecs } from '../../registry/registry.ts';
import { deleteRows, type TopicTable, topicTables } from '../tables.ts';
import type { Warehouse } from '../warehouse.ts';
import { Erasures } from './erasures.ts';
import { Landing } from './landing.ts';
import { readPositions } from './positions.ts';
import { RecordTaker } from './take-record.ts';

export interface IngestOptions {
  readonly warehouse: Warehouse;
  readonly kafka: Kafka;
  readonly codecs: Codecs;
  readonly nameOf: (topic: AnyTopic) => string;
  readonly log: Logger;
  /** Gives the latest event time of a topic that is let in now, ms. @default any is */
  readonly latest?: LatestTime | undefined;
}

/** Time between two landings, ms; each makes a part in every table that has something new. */
const landEveryMs = 500;

/** Size of what waits to land above which nothing more is fetched, bytes. */
const mostWaiting = 32 << 20;

/** Longest time that records are decoded before other work has its turn, ms. */
const sliceMs = 8;

const limits = {
  minBytes: 1 << 18,
  maxWaitMs: 500,
  maxBytes: 32 << 20,
  maxBytesPerPartition: 1 << 20,
};

/** Pause before what failed is begun again, ms: the first and the longest. */
const pauses = { first: 500, longest: 15_000 };

/** Reads topics into ClickHouse until disposed of; the topics must exist. */
export class Ingest implements AsyncDisposable {
  private readonly options: IngestOptions;
  private readonly stopping = new AbortController();
  /** Ends the reading of the partitions as they are now. */
  private round = new AbortController();
  private wanted: (partition: number) => boolean;
  private running: Promise<void> = Promise.resolve();

  /** @param wanted which partitions of each topic are read */
  constructor(options: IngestOptions, wanted: (partition: number) => boolean) {
    this.options = options;
    this.wanted = wanted;
  }

  start(): void {
    this.running = this.run();
  }

  /** Reads other partitions from now on. */
  assign(wanted: (partition: number) => boolean): void {
    this.wanted = wanted;
    this.round.abort();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  /** Reads until it is stopped; what fails is said, and begun again from what has landed. */
  private async run(): Promise<void> {
    const { signal } = this.stopping;
    const { log } = this.options;
    for (let pause = pauses.first; !signal.aborted; pause = Math.min(2 * pause, pauses.longest)) {
      const began = performance.now();
      try {
        await this.readOn();
      } catch (error) {
        if (signal.aborted) return;
        log.warn({ error: String(error), pause }, 'ClickHouse does not take what the topics hold');
        if (performance.now() - began > pauses.longest) pause = pauses.first;
        await sleep(pause, undefined, { signal }).catch(() => {});
      }
    }
  }

  private async readOn(): Promise<void> {
    const { warehouse, kafka, log } = this.options;
    this.round = new AbortController();
    const signal = AbortSignal.any([this.stopping.signal, this.round.signal]);
    const landing = new Landing(warehouse, topicTables);
    const { promise: failed, reject } = Promise.withResolvers<never>();
    failed.catch(() => {});
    await using erasures = await Erasures.follow(this.options, reject);
    await using fetcher = new Fetcher({ kafka, log, limits, onFailed: reject });
    await fetcher.read(await this.readings({ landing, erasures }, fetcher, reject));
    while (!signal.aborted) {
      await Promise.race([sleep(landEveryMs, undefined, { signal }).catch(() => {}), failed]);
      const due = erasures.take();
      if (landing.isEmpty && due.length === 0) continue;
      if (!landing.isEmpty) await landing.land();
      await erasures.erase(due);
      fetcher.wake();
    }
  }

  private async readings(
    { landing, erasures }: Into,
    fetcher: Fetcher,
    fail: (error: unknown) => void,
  ) {
    const { warehouse, nameOf } = this.options;
    const byName = new Map(topicTables.map((table) => [nameOf(table.of), table]));
    const landed = new Map(
      (await readPositions(warehouse)).map((one) => [`${one.topic}/${one.partition}`, one.next]),
    );
    const readings = [];
    for (const end of await this.ends([...byName.keys()])) {
      const { topic: name, partition, low, high } = end;
      if (!this.wanted(partition)) continue;
      const table = byName.get(name)!;
      const known = landed.get(`${table.topic}/${partition}`) ?? low;
      if (known > high) await this.madeAnew(table, partition);
      const from = known > high ? low : Math.max(known, low);
      const source = { table, name, partition, from };
      readings.push(this.readingOf(source, { landing, erasures }, fetcher, fail));
    }
    return readings;
  }

  private async ends(names: readonly string[]): Promise<PartitionEnds[]> {
    const admin = this.options.kafka.admin();
    await admin.connect();
    return await endsOf(admin, names).finally(() => admin.disconnect());
  }

  /** The topic is another one than that which was read: its offsets begin again. */
  private async madeAnew({ table, topic, latest }: TopicTable, partition: number): Promise<void> {
    const { warehouse, log } = this.options;
    log.warn({ topic, partition }, 'the topic was made anew and is read from its beginning');
    // On one server a row of each record takes the place of the one at its offset. On a cluster, whose
    // shards follow from what a record says, it may be on another.
    if (!latest && warehouse.cluster === undefined) return;
    await deleteRows(warehouse, table, `_partition = ${partition}`);
  }

  private readingOf(
    { table, name, partition, from }: Source,
    { landing, erasures }: Into,
    fetcher: Fetcher,
    fail: (error: unknown) => void,
  ) {
    const taker = new RecordTaker(this.options, landing, erasures.users);
    let busy = false;
    let at = from;
    const take = async (records: readonly FetchedRecord[], next: number) => {
      let began = performance.now();
      for (const record of records) {
        const asked = taker.take(table, partition, record);
        if (asked) await asked;
        if (performance.now() - began < sliceMs) continue;
        await turn();
        began = performance.now();
      }
      if (next > at) landing.passed({ topic: table.topic, partition, next });
      at = next;
    };
    return {
      topic: name,
      partition,
      from,
      hasRoom: () => !busy && landing.bytes < mostWaiting,
      onFetched({ records, next }: { records: readonly FetchedRecord[]; next: number }) {
        busy = true;
        take(records, next).then(() => {
          busy = false;
          fetcher.wake();
        }, fail);
      },
    };
  }
}

/** Where records go, and whose do not. */
interface Into {
  readonly landing: Landing;
  readonly erasures: Erasures;
}

interface Source {
  readonly table: TopicTable;
  /** Name of the topic on the broker. */
  readonly name: string;
  readonly partition: number;
  /** Offset of the first record to read. */
  readonly from: number;
}
