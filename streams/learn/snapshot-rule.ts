// When a learning stage writes a snapshot: after so many examples, or after so many that were served here.
import type { Example } from '../../schemas/topics/examples.ts';

export interface LearnOptions {
  /** Examples learned between two snapshots. @default 1000 */
  readonly snapshotEvery: number;
  /**
   * Slates served here and learned from between two snapshots, so that decisions see recent
   * learning.
   * @default 50
   */
  readonly snapshotEveryServed: number;
}

export const learnDefaults: LearnOptions = Object.freeze({
  snapshotEvery: 1000,
  snapshotEveryServed: 50,
});

/**
 * Counts examples since the last snapshot. It is a function of the log: a snapshot begins the count
 * anew.
 */
export class SnapshotRule {
  private readonly options: LearnOptions;
  private since = 0;
  private servedSince = 0;

  constructor(options: LearnOptions) {
    this.options = options;
  }

  /**
   * Counts an example that was learned.
   * @returns whether a snapshot is due; the count then begins anew
   */
  isDue({ servedBy }: Example): boolean {
    this.since++;
    if (servedBy === 'served') this.servedSince++;
    const { snapshotEvery, snapshotEveryServed } = this.options;
    if (this.since < snapshotEvery && this.servedSince < snapshotEveryServed) return false;
    this.reset();
    return true;
  }

  reset(): void {
    this.since = 0;
    this.servedSince = 0;
  }
}
