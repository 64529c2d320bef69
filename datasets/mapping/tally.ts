// What became of the rows of a history: read = mapped + ignored + refused, by source and by code.

export interface Counts {
  read: number;
  mapped: number;
  ignored: number;
  refused: number;
}

export class Tally {
  /** Catalogue entries that are new or changed, and deletions. */
  items = 0;
  /** Feedback that answers no slate: it is remembered of its user and judges nothing. */
  unjoined = 0;
  readonly sources = new Map<string, Counts>();
  readonly codes = new Map<string, number>();

  of(source: string): Counts {
    let counts = this.sources.get(source);
    if (!counts) {
      counts = { read: 0, mapped: 0, ignored: 0, refused: 0 };
      this.sources.set(source, counts);
    }
    return counts;
  }

  refuse(source: string, code: string): void {
    this.of(source).refused += 1;
    this.codes.set(code, (this.codes.get(code) ?? 0) + 1);
  }

  /** Refuses a row that was mapped, and says what one before it said. */
  repeat(source: string): void {
    this.of(source).mapped -= 1;
    this.refuse(source, 'row-duplicate');
  }

  /** Sums over all sources. */
  get all(): Counts {
    const sum = { read: 0, mapped: 0, ignored: 0, refused: 0 };
    for (const counts of this.sources.values()) {
      for (const name of Object.keys(sum) as (keyof Counts)[]) sum[name] += counts[name];
    }
    return sum;
  }
}
