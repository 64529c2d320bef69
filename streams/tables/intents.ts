// The latest intent of each user, and the contents of which an intent was made.
import { type Intent, intents, RULES } from '../../schemas/topics/intents.ts';
import { defineTable } from '../engine/table.ts';

export class Intents {
  private readonly byUser = new Map<string, Intent>();

  /** Number of users with an intent; 0 if nobody reasons. */
  get size(): number {
    return this.byUser.size;
  }

  /**
   * The user's latest intent, if it was made at `at` or before: a replay of the log must not be
   * told what its users came to want later.
   */
  of(userId: string, at: number): Intent | undefined {
    const intent = this.byUser.get(userId);
    return intent && intent.at <= at ? intent : undefined;
  }

  /** The user's latest intent, whenever it was made. */
  latest(userId: string): Intent | undefined {
    return this.byUser.get(userId);
  }

  /** Forgets an intent; an earlier one of its user does not come back. */
  delete(hash: string): void {
    for (const [userId, intent] of this.byUser) {
      if (intent.hash === hash) this.byUser.delete(userId);
    }
  }

  /** What rules read holds for the decision that read it, and is not kept here. */
  put(intent: Intent): void {
    if (intent.model === RULES) return;
    const known = this.byUser.get(intent.userId);
    if (!known || known.at <= intent.at) this.byUser.set(intent.userId, intent);
  }
}

export const intentsTable = defineTable(intents, {
  name: 'intents',
  create: () => new Intents(),
  apply(table, hash, intent) {
    if (intent) table.put(intent);
    else table.delete(hash);
  },
});
