// Runs a topology in memory, single-threaded and deterministic: what tests and dry runs use.
// Events still become Avro bytes and back, so what the schemas cannot carry does not pass here.

import { MillraceError } from '../../schemas/errors.ts';
import { topics } from '../../schemas/index.ts';
import type { AnyTopic, EventOf } from '../../schemas/topic.ts';
import { createTables } from '../tables/create.ts';
import { applyToTable, type Tables, tableTopics } from '../tables/tables.ts';
import { MemoryLogs, type Stored } from './memory/logs.ts';
import { Reader, type TransactionOptions } from './memory/reader.ts';
import type { Sealed, Task } from './task.ts';
import { type Topology, topicsOf } from './topology.ts';

export interface MemoryOptions extends TransactionOptions {
  /** Partitions of the topics keyed by user. @default 1 */
  readonly partitions?: number;
}

export class MemoryRuntime {
  readonly tables: Tables = createTables();
  private readonly logs: MemoryLogs;
  private readonly readers: Reader[] = [];

  /** @param topology may use topics of its own beside the declared ones */
  constructor(topology: Topology, options: MemoryOptions = {}) {
    this.logs = new MemoryLogs([...topics, ...topicsOf(topology)], options.partitions ?? 1);
    const env = {
      logs: this.logs,
      tables: this.tables,
      write: this.write.bind(this),
      options,
    };
    for (const stage of topology.stages) {
      const count = this.logs.countOf(stage.inputs[0]!);
      for (let partition = 0; partition < count; partition++) {
        this.readers.push(new Reader(stage, partition, env));
      }
    }
  }

  /** Appends an event to a topic. Nothing is processed before `drain`. */
  send<T extends AnyTopic>(topic: T, event: EventOf<T>): void {
    this.append(topic, event);
  }

  /** Processes, merged by time within each task, until nothing is left to do. */
  drain(): void {
    let moved = true;
    while (moved) {
      moved = false;
      for (const reader of this.readers) while (reader.step()) moved = true;
    }
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

  private write(partition: number, { outputs, changelog }: Sealed, streamTime: number): void {
    for (const { store, changes } of changelog) {
      for (const [key, value] of changes) {
        // A deletion has no time of its own; the stream's is as good as any.
        const at = value === null ? streamTime : store.changelog.timeOf(value);
        this.appendAt(store.changelog, partition, key, at, value);
      }
    }
    for (const { topic, event } of outputs) this.append(topic, event);
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
    this.logs.append(topic, partition, { key, at, bytes });
    for (const [name, source] of Object.entries(tableTopics)) {
      if (source !== topic) continue;
      applyToTable(this.tables, name as keyof Tables, key, bytes && codec.decode(bytes));
    }
  }
}
