// What a rebuild comes to.
import type { Content, Difference } from './content.ts';

export interface Digest {
  readonly sha256: string;
  /** Records of a table, bytes of a policy. */
  readonly size: number;
}

export interface Rebuilt {
  readonly name: string;
  readonly kind: 'table' | 'policy';
  readonly live: Digest;
  readonly rebuilt: Digest;
  readonly equal: boolean;
  /** Where both stand: the offset that comes next, by input and partition. */
  readonly offsets: readonly {
    readonly topic: string;
    readonly partition: number;
    readonly offset: number;
  }[];
  /** Of a table that is not equal: from the live one to the one rebuilt. */
  readonly difference?: Difference;
}

/** The comparison of a live table with the one rebuilt. */
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
