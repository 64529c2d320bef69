// Keeps the value loaded from the latest snapshot of a policy; each snapshot is loaded once, and one whose
// numbers are not finite is passed over.
import { codeOf } from '../../schemas/errors.ts';
import type { SnapshotTable } from './snapshot-table.ts';

export class SnapshotCache<T> {
  private readonly policy: string;
  private readonly load: (bytes: Uint8Array) => T;
  private bytes: Uint8Array | undefined;
  private value: T;

  /** @param before the value until the first snapshot comes */
  constructor(policy: string, before: T, load: (bytes: Uint8Array) => T) {
    this.policy = policy;
    this.value = before;
    this.load = load;
  }

  of(snapshots: SnapshotTable): T {
    const bytes = snapshots.latest(this.policy)?.bytes;
    if (bytes && bytes !== this.bytes) {
      this.bytes = bytes;
      try {
        this.value = this.load(bytes);
      } catch (error) {
        if (codeOf(error) !== 'parameters-not-finite') throw error;
        // The value from before stays.
        snapshots.corrupt++;
      }
    }
    return this.value;
  }
}
