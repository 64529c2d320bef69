// The topics of a runtime in memory: what a broker would hold of them, as Avro bytes.
import { hash32 } from '../../../models/random.ts';
import { type Codec, createCodec } from '../../../schemas/codec.ts';
import { MillraceError } from '../../../schemas/errors.ts';
import { type BorderLimits, borderDefaults } from '../../../schemas/rules.ts';
import type { AnyTopic } from '../../../schemas/topic.ts';
import { type DeadLetter, deadLetters } from '../../../schemas/topics/dead-letters.ts';

/** A record of a partition; its place in the partition is its offset. */
export interface Stored {
  readonly key: string;
  /** Event time, ms. */
  readonly at: number;
  /** The event in wire format; null deletes the key. */
  readonly bytes: Buffer | null;
}

export class MemoryLogs {
  private readonly partitions: number;
  /** The logs by topic, in the order of their schema ids. */
  private readonly logs = new Map<AnyTopic, Stored[][]>();
  private readonly codecs = new Map<AnyTopic, Codec>();
  /** Records of all topics. */
  size = 0;

  private readonly limits: BorderLimits;

  /**
   * @param partitions number of partitions of the topics keyed by user
   * @param limits limits of the border
   */
  constructor(topics: Iterable<AnyTopic>, partitions: number, limits = borderDefaults) {
    this.partitions = partitions;
    this.limits = limits;
    for (const topic of new Set(topics)) {
      const empty = Array.from({ length: this.countOf(topic) }, (): Stored[] => []);
      this.logs.set(topic, empty);
    }
  }

  countOf(topic: AnyTopic): number {
    return topic.partitioning === 'one' ? 1 : this.partitions;
  }

  partitionOf(topic: AnyTopic, key: string): number {
    const count = this.countOf(topic);
    return count === 1 ? 0 : hash32(key) % count;
  }

  /**
   * The codec of a topic, made when first asked for, since compiling a schema takes time.
   * @throws `topic-undeclared`
   */
  codecOf(topic: AnyTopic): Codec {
    const known = this.codecs.get(topic);
    if (known) return known;
    const id = [...this.logs.keys()].indexOf(topic) + 1;
    const codec = id > 0 ? createCodec(topic, id, this.limits) : undeclared(topic);
    this.codecs.set(topic, codec);
    return codec;
  }

  /** The records of a topic, by partition and offset. @throws `topic-undeclared` */
  of(topic: AnyTopic): readonly (readonly Stored[])[] {
    return this.logs.get(topic) ?? undeclared(topic);
  }

  /** `topic/offset` of the records of a partition that a stage has left out. */
  leftOut(stage: string, partition: number): ReadonlySet<string> {
    const letters = this.logs.has(deadLetters) ? this.of(deadLetters).flat() : [];
    const own = letters
      .map(({ bytes }) => this.codecOf(deadLetters).decode(bytes!) as DeadLetter)
      .filter((letter) => letter.skippedBy === stage && letter.partition === partition);
    return new Set(own.map(({ origin, offset }) => `${origin}/${offset}`));
  }

  append(topic: AnyTopic, partition: number, record: Stored): void {
    const logs = this.logs.get(topic) ?? undeclared(topic);
    logs[partition]!.push(record);
    this.size++;
  }
}

function undeclared(topic: AnyTopic): never {
  throw new MillraceError({
    code: 'topic-undeclared',
    what: `The topic ${topic.name} is not declared.`,
    todo: 'Add it to what a step of the topology reads or writes.',
  });
}
