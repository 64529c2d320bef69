// What a reader of a partition gives to a fetcher, and what it gets from it.
import type { FetchedRecord } from './wire/batch-reader.ts';

export interface Fetched {
  readonly records: readonly FetchedRecord[];
  /**
   * Whether the end was reached when the broker answered, with no open transaction before it: any
   * further record comes later.
   */
  readonly atEnd: boolean;
  /** Whether every record was brought that could be read when the broker answered. */
  readonly current: boolean;
  /** Offset to fetch next; markers and aborted records are passed. */
  readonly next: number;
}

/**
 * What a fetch has brought to a reader: something that it waits for, what it has been asked about before it
 * came to the topic, or only what it has written itself, if anything.
 */
export type Brought = 'news' | 'asked' | 'own';

export interface Reading {
  readonly topic: string;
  readonly partition: number;
  /** Offset of the first record wanted. */
  readonly from: number;
  /**
   * Called when a fetch of this partition goes out; for several in one request, in the order of
   * reading.
   */
  onFetching?(): void;
  /**
   * Takes what came; the next fetch does not wait for it. If it throws, the fetcher ends.
   * @returns what it is to the reader. @default `news`
   */
  // biome-ignore lint/suspicious/noConfusingVoidType: most readers have nothing to say
  onFetched(fetched: Fetched): Brought | void;
  /** The records from one offset up to another were deleted before they were read. @default a word in the log */
  onGap?(from: number, to: number): void;
  /** Whether there is room for more; asked before every fetch, see `Fetcher.wake`. @default always */
  hasRoom?(): boolean;
}
