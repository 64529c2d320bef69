// A topic is one declaration: its name, its key, its literal Avro schema; the event type follows.
import type { Infer, RecordSchema } from './avro.ts';

export interface Topic<N extends string = string, S extends RecordSchema = RecordSchema> {
  readonly name: N;
  readonly schema: S;
  /** What one record says, for `millrace describe` and the generated docs. */
  readonly doc: string;
  /** What the record key is made of, for the docs; `keyOf` computes it. */
  readonly key: string;
  /** The record key: what decides the partition and, for a compacted topic, what is replaced. */
  readonly keyOf: (event: Infer<S>) => string;
  /** Event time, ms since the epoch. The timestamp of a record says only when it was written. */
  readonly timeOf: (event: Infer<S>) => number;
  /**
   * Whether stages or enrichers make its events of others that were let in. Their times may be twice as
   * far ahead of the clock as those of other events: whoever reads them may have another clock.
   * @default false
   */
  readonly derived: boolean;
  /** Keep only the latest record of each key. @default false */
  readonly compacted: boolean;
  /**
   * Keep deletions for ever, where each reader must hear of them, however late. Kafka forgets them a day
   * after they were compacted. @default false
   */
  readonly keepsDeletions: boolean;
  /**
   * Whether a record without a value is an event: what is kept under its key is to be forgotten. Stages
   * take it by the handler's `forget`. @default false, and such a record is a dead letter
   */
  readonly forgets: boolean;
  /**
   * How another system writes the topic. It is read under its own name, and neither made nor written here.
   * @default a topic of Millrace
   */
  readonly foreign?: ForeignFormat | undefined;
  /** `user`: as many partitions as the deployment has, keyed alike; `one`: a single, totally ordered partition. @default 'user' */
  readonly partitioning: 'user' | 'one';
  /**
   * Fields that ClickHouse leaves in Kafka, such as vectors and what people say; `all` for a topic that it
   * does not read. @default none
   */
  readonly notInSql: readonly string[] | 'all';
  /**
   * Rows of the table in ClickHouse. `latest`: one for each key, the latest, and none once the key is
   * deleted; `each`: one for each record.
   * @default 'latest' for a compacted topic, else 'each'
   */
  readonly rowsInSql: 'latest' | 'each';
  /** What must hold between fields, beyond the rules of each. @default nothing */
  readonly holds: readonly Invariant<Infer<S>>[];
}

/** How the records of another system are read. */
export interface ForeignFormat {
  readonly name: 'json' | 'avro' | 'protobuf';
  /** Whether a record names a schema of a registry. */
  readonly bySchema: boolean;
  /**
   * Makes the reader of the values of records; it throws for a value that cannot be read.
   * @param schema as the registry has it, parsed if it is JSON; undefined for a format without one
   * @throws Error for a schema that cannot be read
   */
  reader(schema: unknown): (value: Buffer) => unknown;
}

/** A record of another system, as its stage is given it. */
export interface ForeignRow {
  /** What it says: an object of plain values. */
  readonly row: { readonly [name: string]: unknown };
  /** The bytes of the record. */
  readonly raw: Buffer;
  readonly key: string | null;
  /** Timestamp of the record, ms; says nothing of the time of the event. */
  readonly at: number;
}

/** What must hold between the fields of an event. */
export interface Invariant<E> {
  /** The field to look at first where it does not hold. */
  readonly field: string;
  /** What is wrong where it does not hold. */
  readonly says: string;
  of(event: E): boolean;
}

// biome-ignore lint/suspicious/noExplicitAny: the only way to say "any topic" while key functions stay contravariant
export type AnyTopic = Topic<string, any>;

/** The event that a topic carries; `any` for a topic that is not known at compile time. */
export type EventOf<T> = T extends Topic<string, infer S> ? Infer<S> : never;

interface TopicOptions<N extends string, S extends RecordSchema> {
  name: N;
  doc: string;
  schema: S;
  key: string;
  keyOf: (event: Infer<S>) => string;
  timeOf: (event: Infer<S>) => number;
  derived?: boolean;
  compacted?: boolean;
  keepsDeletions?: boolean;
  forgets?: boolean;
  foreign?: ForeignFormat | undefined;
  partitioning?: 'user' | 'one';
  notInSql?: readonly string[] | 'all';
  holds?: readonly Invariant<Infer<S>>[];
  rowsInSql?: 'latest' | 'each';
}

export function defineTopic<const N extends string, const S extends RecordSchema>(
  options: TopicOptions<N, S>,
): Topic<N, S> {
  return Object.freeze({
    derived: false,
    compacted: false,
    keepsDeletions: false,
    forgets: false,
    partitioning: 'user' as const,
    notInSql: [],
    holds: [],
    rowsInSql: options.compacted ? ('latest' as const) : ('each' as const),
    ...options,
  });
}
