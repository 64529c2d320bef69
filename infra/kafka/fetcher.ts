// Fetches committed records of partitions: one long poll at a time to each broker, for every partition
// that has room, decoded in one pass. It reads for whoever asks: tasks, restores, tables.
import type { Kafka } from 'kafkajs';
import type { Logger } from 'pino';
import { type Clock, systemClock } from './clock.ts';
import type { Brought, Reading } from './reading.ts';
import { isTransient, onBroker } from './retry-policy.ts';
import {
  type Broker,
  type Cluster,
  isReplicated,
  leaderOf,
  openCluster,
  type ProtocolError,
  protocolError,
} from './wire/cluster.ts';
import { type FetchedPartition, type FetchLimits, fetchCall } from './wire/requests.ts';

export interface FetcherOptions {
  readonly kafka: Kafka;
  readonly log: Logger;
  readonly limits: FetchLimits;
  /** Time that brokers may not answer before that is a failure, ms. @default no limit */
  readonly retryForMs?: number | undefined;
  /** @default the time of the machine */
  readonly clock?: Clock | undefined;
  /** Called when the fetcher cannot go on. */
  readonly onFailed: (error: unknown) => void;
}

interface Position {
  readonly reading: Reading;
  offset: number;
  /** The broker whose word on the end counts; see `askForEnds`. */
  endKnownBy?: string | undefined;
}

/**
 * Pause after a fetch that brought nothing but what its readers had been asked about, ms: else each of their
 * transactions would end a long poll, for nothing.
 */
const askedPauseMs = 20;

/** Pauses between tries while brokers do not answer, ms. */
const waits = [20, 50, 100, 200, 400, 800, 1_500, 3_000];

/**
 * Error codes by which a broker says that it does not lead a partition; its leader is then looked
 * up anew.
 */
const moved = new Set([3, 5, 6, 9, 74, 75, 100]);

const offsetOutOfRange = 1;

/** Words of the protocol: the offset after the last record, of committed records. */
const latest = -1;
const readCommitted = 1;

export class Fetcher implements AsyncDisposable {
  private readonly options: FetcherOptions;
  private readonly clock: Clock;
  private readonly cluster: Cluster;
  private readonly positions = new Map<string, Position>();
  private readonly loops = new Map<string, Promise<void>>();
  private readonly stopping = new AbortController();
  private changed = Promise.withResolvers<void>();
  private connected: Promise<void> | undefined;

  constructor(options: FetcherOptions) {
    this.options = options;
    this.clock = options.clock ?? systemClock;
    this.cluster = openCluster(options.kafka);
  }

  /** Whether fetches from several brokers overlap, or may have done so. */
  get fromSeveral(): boolean {
    return this.loops.size - (this.loops.has(unknownNode) ? 1 : 0) > 1;
  }

  /** Begins to read a partition; one already read is read from the new offset. */
  async read(readings: readonly Reading[]): Promise<void> {
    this.connected ??= this.cluster.connect();
    await this.connected;
    await this.cluster.addMultipleTargetTopics([...new Set(readings.map(({ topic }) => topic))]);
    for (const reading of readings) {
      this.positions.set(idOf(reading), { reading, offset: reading.from });
    }
    this.ensureLoops();
    this.wake();
  }

  /** Stops reading partitions; what is on its way is dropped. */
  forget(readings: readonly { topic: string; partition: number }[]): void {
    for (const reading of readings) this.positions.delete(idOf(reading));
  }

  /** Tells the fetcher that a partition has room again. */
  wake(): void {
    this.changed.resolve();
    this.changed = Promise.withResolvers();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.stopping.abort();
    this.positions.clear();
    this.wake();
    // Ends the long polls, too.
    await this.cluster.disconnect();
    await Promise.allSettled(this.loops.values());
  }

  /**
   * Makes sure that a loop runs for each broker that leads a partition, and one that looks for
   * unknown leaders.
   */
  private ensureLoops(): void {
    for (const position of this.positions.values()) {
      const node = this.nodeOf(position);
      if (this.loops.has(node) || this.stopping.signal.aborted) continue;
      const loop = this.loop(node).catch((error: unknown) => {
        if (!this.stopping.signal.aborted) this.options.onFailed(error);
      });
      this.loops.set(node, loop);
    }
  }

  private nodeOf({ reading }: Position): string {
    return leaderOf(this.cluster, reading.topic, reading.partition) ?? unknownNode;
  }

  private async loop(node: string): Promise<void> {
    const { signal } = this.stopping;
    let failures = 0;
    let failingSince = 0;
    while (!signal.aborted) {
      const changed = this.changed.promise;
      const mine = [...this.positions.values()].filter((one) => this.nodeOf(one) === node);
      const ready = mine.filter(({ reading }) => reading.hasRoom?.() ?? true);
      if (ready.length === 0) {
        failures = 0;
        await changed;
        continue;
      }
      try {
        if (node === unknownNode) throw protocolError(5);
        const brought = await this.fetch(node, ready);
        failures = 0;
        if (brought === 'asked') await this.clock.sleep(askedPauseMs, signal);
      } catch (error) {
        if (signal.aborted) return;
        if (failures === 0) failingSince = this.clock.now();
        if (!isTransient(error) || this.retriedTooLong(failingSince)) throw error;
        this.options.log.debug({ node, error: String(error) }, 'fetch again');
        for (const one of mine) one.endKnownBy = undefined; // another may have led it meanwhile
        await this.clock.sleep(waits[Math.min(failures++, waits.length - 1)]!, signal);
        await this.lookAgain();
      }
    }
  }

  private retriedTooLong(since: number): boolean {
    return this.clock.now() - since > (this.options.retryForMs ?? Number.POSITIVE_INFINITY);
  }

  private async fetch(node: string, positions: readonly Position[]): Promise<Brought> {
    const broker = await this.cluster.findBroker({ nodeId: node });
    if (this.stopping.signal.aborted) return 'own';
    // The broker reads in the order of the request: what is told first is read first.
    for (const { reading } of positions) reading.onFetching?.();
    const asked = positions.map(({ reading: { topic, partition }, offset }) => ({
      topic,
      partition,
      offset,
    }));
    const answer = await onBroker(broker, (to) =>
      to.connectionPool.send(fetchCall(asked, this.options.limits)),
    );
    if (answer.errorCode !== 0) throw protocolError(answer.errorCode, { api: 'Fetch' });
    const byId = new Map(positions.map((position) => [idOf(position.reading), position]));
    let again: ProtocolError | undefined;
    const brought = new Set<Brought>();
    for (const partition of answer.partitions) {
      const { errorCode, topic } = partition;
      const position = byId.get(idOf(partition))!;
      // Forgotten, or read from elsewhere since.
      if (this.positions.get(idOf(partition)) !== position) continue;
      if (errorCode === 0) {
        brought.add(deliver(position, partition, this.knowsEnd(node, position)));
      } else if (moved.has(errorCode)) again = protocolError(errorCode, { api: 'Fetch', topic });
      else if (errorCode === offsetOutOfRange) await this.backInRange(position);
      else throw protocolError(errorCode, { api: 'Fetch', topic });
    }
    if (again) throw again;
    await this.askForEnds(node, broker, positions);
    return kinds.find((kind) => brought.has(kind)) ?? 'own';
  }

  /** Whether the high watermark that a broker gives is that of the partition. */
  private knowsEnd(node: string, { endKnownBy, reading: { topic, partition } }: Position): boolean {
    return endKnownBy === node || !isReplicated(this.cluster, topic, partition);
  }

  /**
   * Asks a broker for the ends of the partitions that it has come to lead. Its high watermark lags until
   * its followers have fetched from it, and an end by that may lie before records that were acknowledged:
   * a merge would take it that nothing earlier can come. Asked for the end itself it refuses until then.
   */
  private async askForEnds(
    node: string,
    broker: Broker,
    positions: readonly Position[],
  ): Promise<void> {
    const unknown = positions.filter((one) => !this.knowsEnd(node, one));
    if (unknown.length === 0) return;
    const byTopic = Map.groupBy(unknown, ({ reading }) => reading.topic);
    const topics = [...byTopic].map(([topic, of]) => ({
      topic,
      partitions: of.map(({ reading: { partition } }) => ({ partition, timestamp: latest })),
    }));
    try {
      await onBroker(broker, (to) =>
        to.listOffsets({ replicaId: -1, isolationLevel: readCommitted, topics }),
      );
      for (const one of unknown) one.endKnownBy = node;
    } catch (error) {
      if (!isTransient(error)) throw error;
      this.options.log.debug({ node, error: String(error) }, 'the ends are not known yet');
    }
  }

  /** Moves on to the oldest record left, after retention has deleted those to be read. */
  private async backInRange(position: Position): Promise<void> {
    const { topic, partition } = position.reading;
    const admin = this.options.kafka.admin();
    try {
      await admin.connect();
      const offsets = await admin.fetchTopicOffsets(topic);
      const low = Number(offsets.find((one) => one.partition === partition)?.low ?? 0);
      const fields = { topic, partition, offset: position.offset, oldest: low };
      this.options.log.warn(fields, 'records were deleted before they were read');
      position.reading.onGap?.(position.offset, low);
      position.offset = low;
    } finally {
      await admin.disconnect();
    }
  }

  private async lookAgain(): Promise<void> {
    if (this.stopping.signal.aborted) return; // it would open again what was closed
    try {
      if (!this.cluster.isConnected()) await this.cluster.connect();
      await this.cluster.refreshMetadata();
    } catch {
      return; // the next try will tell
    }
    this.ensureLoops();
    this.wake();
  }
}

/** What counts first, where partitions brought different things. */
const kinds = ['news', 'asked', 'own'] as const;

/** Name of the loop for partitions that have no leader at the moment. */
const unknownNode = 'unknown';

function idOf({ topic, partition }: { topic: string; partition: number }): string {
  return `${topic}/${partition}`;
}

function deliver(position: Position, fetched: FetchedPartition, knowsEnd: boolean): Brought {
  const { records, next } = fetched;
  const atEnd = knowsEnd && next >= fetched.highWatermark;
  position.offset = next;
  const current = next >= fetched.lastStable;
  const brought = position.reading.onFetched({ records, atEnd, current, next });
  return records.length === 0 ? 'own' : (brought ?? 'news');
}
