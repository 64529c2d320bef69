// Runs a topology in memory, single-threaded and deterministic: what tests and dry runs use.
// Events still become Avro bytes and back, so what the schemas cannot carry does not pass here.

import { MillraceError } from '../../schemas/errors.ts';
import type { BorderLimits } from '../../schemas/rules.ts';
import type { AnyTopic, EventOf } from '../../schemas/topic.ts';
import type { Enricher, EnricherIo } from './enricher.ts';
import { MemoryEnricher } from './memory/enriching.ts';
import { MemoryLogs, type Stored } from './memory/logs.ts';
import { MemoryReader, type TransactionOptions } from './memory/reader.ts';
import { snapshotTable } from './snapshot-table.ts';
import { TableSet } from './table.ts';
import { keyOf, type Output, type Sealed, type Task } from './task.ts';
import { type Topology, tableDefsOf, topicsOf } from './topology.ts';

export interface MemoryOptions extends TransactionOptions {
  /** Partitions of the topics keyed by user. @default 1 */
  readonly partitions?: number;
  /** Topics to hold besides those of the topology. @default none */
  readonly topics?: readonly AnyTopic[];
  /** Limits of the border that depend on the log. @default borderDefaults */
  readonly limits?: BorderLimits;
}

export class MemoryRuntime {
  /** The global tables that the topology declares, and the table of snapshots. */
  readonly tables: TableSet;
  private readonly logs: MemoryLogs;
  private readonly readers: MemoryReader[] = [];
  private readonly topology: Topology;
  private readonly latest: () => number;
  /**
   * The enrichers, made when they are first needed: a test of the stages alone has no language
   * model.
   */
  private made: readonly MemoryEnricher[] | undefined;

  constructor(topology: Topology, options: MemoryOptions = {}) {
    const { topics = [], partitions = 1, limits } = options;
    this.topology = topology;
    this.latest = options.latest ?? (() => Number.POSITIVE_INFINITY);
    this.tables = new TableSet([snapshotTable, ...tableDefsOf(topology)]);
    const own = this.tables.topics;
    this.logs = new MemoryLogs([...topics, ...topicsOf(topology), ...own], partitions, limits);
    const env = {
      logs: this.logs,
      tables: this.tables,
      write: this.write.bind(this),
      options,
    };
    for (const stage of topology.stages) {
      const count = this.logs.countOf(stage.inputs[0]!);
      for (let partition = 0; partition < count; partition++) {
        this.readers.push(new MemoryReader(stage, partition, env));
      }
    }
  }

  /** Appends an event to a topic. Nothing is processed before `drain` or `settle`. */
  send<T extends AnyTopic>(topic: T, event: EventOf<T>): void {
    this.append(topic, event);
  }

  /** Appends a record as a broker would take it, whatever it says. */
  sendRecord(topic: AnyTopic, partition: number, record: Stored): void {
    this.appendRecord(topic, partition, record);
  }

  /** The stages process, merged by time within each task, until nothing is left to do. */
  drain(): void {
    let moved = true;
    while (moved) {
      moved = false;
      for (const reader of this.readers) while (reader.step()) moved = true;
    }
  }

  /** Stages and enrichers work until nothing is left to do, and nothing goes on. */
  async settle(): Promise<void> {
    for (let moved = true; moved; ) {
      const before = this.logs.size;
      this.drain();
      let handled = false;
      for (const enricher of this.enrichers) handled = (await enricher.run()) || handled;
      for (const { enricher } of this.enrichers) await enricher.settled?.();
      moved = handled || this.logs.size > before;
    }
  }

  /** The enricher of a name, to look at its counts. @throws `processor-unknown` */
  enricher(name: string): Enricher {
    const found = this.enrichers.find(({ def }) => def.name === name);
    if (found) return found.enricher;
    throw new MillraceError({ code: 'processor-unknown', what: `No enricher ${name}.` });
  }

  /** Every process ends and is started again: state comes back from changelogs and snapshots. */
  restart(): void {
    for (const reader of this.readers) reader.restart();
  }

  /** The events of a topic so far, decoded, by partition and offset; deletions are left out. */
  events<T extends AnyTopic>(topic: T): EventOf<T>[] {
    const codec = this.logs.codecOf(topic);
    return this.bytes(topic).map((bytes) => codec.decode(bytes) as EventOf<T>);
  }

  /** The events of a topic so far as the bytes a broker would hold; deletions are left out. */
  bytes(topic: AnyTopic): Buffer[] {
    return this.records(topic).flatMap((log) => log.flatMap(({ bytes }) => bytes ?? []));
  }

  /** Everything a broker would hold of a topic, by partition and offset. */
  records(topic: AnyTopic): readonly (readonly Stored[])[] {
    return this.logs.of(topic);
  }

  /** The partition to which events with a key go. */
  partitionOf(topic: AnyTopic, key: string): number {
    return this.logs.partitionOf(topic, key);
  }

  /** The task of a stage on a partition, to look at its stores. */
  task(stage: string, partition = 0): Task {
    const found = this.readers.find(
      (reader) => reader.stage.name === stage && reader.partition === partition,
    );
    if (!found) throw new MillraceError({ code: 'stage-unknown', what: `No stage ${stage}.` });
    return found.task;
  }

  private get enrichers(): readonly MemoryEnricher[] {
    const emit: EnricherIo['emit'] = async (topic, events) => {
      for (const event of events) this.append(topic, event);
    };
    const skip = ({ topic, event }: Output) => this.append(topic, event);
    this.made ??= this.topology.enrichers.map(
      (def) =>
        new MemoryEnricher(
          def,
          { tables: this.tables.for(def), emit },
          this.logs,
          skip,
          this.latest,
        ),
    );
    return this.made;
  }

  private write(partition: number, { outputs, changelog }: Sealed, streamTime: number): void {
    for (const { store, changes } of changelog) {
      for (const [key, value] of changes) {
        // A deletion has no time of its own; the stream's is as good as any.
        const at = value === null ? streamTime : store.changelog.timeOf(value);
        this.appendAt(store.changelog, partition, key, at, value);
      }
    }
    for (const output of outputs) {
      const { topic, event } = output;
      if (event !== null) this.append(topic, event);
      else {
        const key = keyOf(output);
        this.appendAt(topic, this.partitionOf(topic, key), key, streamTime, null);
      }
    }
  }

  private append(topic: AnyTopic, event: unknown): void {
    const key = topic.keyOf(event);
    this.appendAt(topic, this.partitionOf(topic, key), key, topic.timeOf(event), event);
  }

  private appendAt(
    topic: AnyTopic,
    partition: number,
    key: string,
    at: number,
    event: unknown | null,
  ): void {
    const codec = this.logs.codecOf(topic);
    const bytes = event === null ? null : codec.encode(event);
    this.appendRecord(topic, partition, { key, at, bytes });
  }

  private appendRecord(topic: AnyTopic, partition: number, record: Stored): void {
    this.logs.append(topic, partition, record);
    if (!this.tables.isFedBy(topic)) return;
    const { key, bytes: value } = record;
    try {
      this.tables.apply(topic, key, value && this.logs.codecOf(topic).take({ key, value }));
    } catch (error) {
      // The tables of a running process leave it out, too.
      if (!(error instanceof MillraceError) || error.remedy !== 'skip') throw error;
    }
  }
}
