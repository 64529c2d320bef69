// The result of a rebuild.
import type { Content, Difference } from './content.ts';

export interface Digest {
  readonly sha256: string;
  /** Number of records of a table, or of bytes of a policy. */
  readonly size: number;
}

export interface Rebuilt {
  readonly name: string;
  readonly kind: 'table' | 'policy';
  readonly live: Digest;
  readonly rebuilt: Digest;
  readonly equal: boolean;
  /** The offsets that both stand for: the next one by input and partition. */
  readonly offsets: readonly {
    readonly topic: string;
    readonly partition: number;
    readonly offset: number;
  }[];
  /** For a table that is not equal, how the rebuilt table differs from the live one. */
  readonly difference?: Difference;
}

/** Compares a live table with the rebuilt one. */
export function compareTables(
  name: string,
  live: Content,
  rebuilt: Content,
  offsets: Rebuilt['offsets'],
): Rebuilt {
  const [kept, made] = [live, rebuilt].map((one) => ({ sha256: one.sha256(), size: one.size }));
  const equal = kept!.sha256 === made!.sha256;
  const difference = equal ? {} : { difference: live.differenceTo(rebuilt) };
  return { name, kind: 'table', live: kept!, rebuilt: made!, equal, offsets, ...difference };
}
