// Runs a topology in memory, single-threaded and deterministic: what tests and dry runs use.
// Events still become Avro bytes and back, so what the schemas cannot carry does not pass here.

import { hash32 } from '../models/random.ts';
import { type Codec, createCodec } from '../schemas/codec.ts';
import { MillraceError } from '../schemas/errors.ts';
import { topics } from '../schemas/index.ts';
import type { AnyTopic, EventOf } from '../schemas/topic.ts';
import type { Stage } from './stage.ts';
import { createTables } from './tables/create.ts';
import { applyToTable, type Tables, tableTopics } from './tables/tables.ts';
import { Task } from './task.ts';
import type { Topology } from './topology.ts';

interface Stored {
  readonly key: string;
  readonly at: number;
  readonly bytes: Buffer;
}

interface Reader {
  readonly stage: Stage;
  readonly task: Task;
  /** Next offset by input topic. */
  readonly positions: Map<AnyTopic, number>;
}

export interface MemoryOptions {
  /** Partitions of the topics keyed by user. @default 1 */
  readonly partitions?: number;
}

export class MemoryRuntime {
  readonly tables: Tables = createTables();
  private readonly partitions: number;
  private readonly logs = new Map<AnyTopic, Stored[][]>();
  private readonly codecs = new Map<AnyTopic, Codec>();
  private readonly readers: Reader[] = [];

  constructor(topology: Topology, options: MemoryOptions = {}) {
    this.partitions = options.partitions ?? 1;
    topics.forEach((topic: AnyTopic, index) => {
      this.codecs.set(topic, createCodec(topic, index + 1));
      this.logs.set(
        topic,
        Array.from({ length: this.countOf(topic) }, () => []),
      );
    });
    for (const stage of topology.stages) {
      for (let partition = 0; partition < this.countOf(stage.inputs[0]!); partition++) {
        const task = new Task(stage, partition, this.tables);
        this.readers.push({ stage, task, positions: new Map() });
      }
    }
  }

  /** Appends an event to a topic. Nothing is processed before `drain`. */
  send<T extends AnyTopic>(to: T, event: EventOf<T>): void {
    const topic: AnyTopic = to;
    const key = topic.keyOf(event);
    const count = this.countOf(topic);
    this.append(topic, key, event, count === 1 ? 0 : hash32(key) % count);
  }

  /** Processes, merged by time within each task, until nothing is left to do. */
  drain(): void {
    let moved = true;
    while (moved) {
      moved = false;
      for (const reader of this.readers) while (this.step(reader)) moved = true;
    }
  }

  /** The events of a topic so far, decoded, by partition and offset. */
  events<T extends AnyTopic>(topic: T): EventOf<T>[] {
    const codec = this.codecs.get(topic)!;
    return this.logOf(topic).flatMap((log) =>
      log.map(({ bytes }) => codec.decode(bytes) as EventOf<T>),
    );
  }

  /** The events of a topic so far as the bytes a broker would hold. */
  bytes(topic: AnyTopic): Buffer[] {
    return this.logOf(topic).flatMap((log) => log.map(({ bytes }) => bytes));
  }

  /** The task of a stage on a partition, to look at its stores. */
  task(stage: string, partition = 0): Task {
    const found = this.readers.find(
      (reader) => reader.stage.name === stage && reader.task.partition === partition,
    );
    if (!found) throw new MillraceError({ code: 'stage-unknown', what: `No stage ${stage}.` });
    return found.task;
  }

  private step({ stage, task, positions }: Reader): boolean {
    let next: { topic: AnyTopic; record: Stored; offset: number } | undefined;
    for (const topic of stage.inputs) {
      const offset = positions.get(topic) ?? 0;
      const record = this.logOf(topic)[task.partition]?.[offset];
      // Ties go to the input declared first, as in every runtime.
      if (record && (!next || record.at < next.record.at)) next = { topic, record, offset };
    }
    if (!next) return false;
    const { topic, record, offset } = next;
    positions.set(topic, offset + 1);
    const event = this.codecs.get(topic)!.decode(record.bytes);
    const origin = { topic: topic.name, partition: task.partition, offset };
    task.process(topic.name, event, record.at, origin);
    this.commit(task);
    return true;
  }

  private commit(task: Task): void {
    const { outputs, changelog } = task.seal();
    for (const { store, changes } of changelog) {
      for (const [key, value] of changes) {
        if (value !== null) this.append(store.changelog, key, value, task.partition);
      }
    }
    task.commit();
    for (const { topic, event } of outputs) this.send(topic, event as EventOf<AnyTopic>);
  }

  private append(topic: AnyTopic, key: string, event: unknown, partition: number): void {
    const bytes = this.codecs.get(topic)!.encode(event);
    const decoded = event as EventOf<AnyTopic>;
    this.logOf(topic)[partition]!.push({ key, at: topic.timeOf(decoded), bytes });
    for (const [name, source] of Object.entries(tableTopics)) {
      if (source === topic) {
        const own = this.codecs.get(topic)!.decode(bytes);
        applyToTable(this.tables, name as keyof Tables, key, own);
      }
    }
  }

  private countOf(topic: AnyTopic): number {
    return topic.partitioning === 'one' ? 1 : this.partitions;
  }

  private logOf(topic: AnyTopic): Stored[][] {
    const log = this.logs.get(topic);
    if (!log) {
      throw new MillraceError({
        code: 'topic-undeclared',
        what: `The topic ${topic.name} is not declared.`,
        todo: 'Add it to schemas/index.ts.',
      });
    }
    return log;
  }
}
