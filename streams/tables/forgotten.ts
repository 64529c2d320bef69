// The users who are forgotten, by fingerprint, and up to which time: events of theirs that come late are
// not taken.
import { type Forgotten, fingerprintOf, forgotten } from '../../schemas/topics/forgotten.ts';
import { defineTable } from '../engine/table.ts';

export class ForgottenUsers {
  private readonly until = new Map<string, number>();

  get size(): number {
    return this.until.size;
  }

  /** Whether a user was forgotten at a time or later. */
  covers(userId: string, at: number): boolean {
    if (this.until.size === 0) return false;
    const until = this.until.get(fingerprintOf(userId));
    return until !== undefined && at <= until;
  }

  /** Whether this is known of the user already. */
  has({ fingerprint, at }: Forgotten): boolean {
    return (this.until.get(fingerprint) ?? Number.NEGATIVE_INFINITY) >= at;
  }

  take(event: Forgotten): void {
    if (!this.has(event)) this.until.set(event.fingerprint, event.at);
  }

  /** Fingerprints with the times up to which the users are forgotten, ms. */
  entries(): Iterable<readonly [fingerprint: string, at: number]> {
    return this.until;
  }
}

export const forgottenTable = defineTable(forgotten, {
  name: 'forgotten',
  create: () => new ForgottenUsers(),
  // A tombstone takes nothing back: who was forgotten stays so.
  apply(table, _key, event) {
    if (event) table.take(event);
  },
});
