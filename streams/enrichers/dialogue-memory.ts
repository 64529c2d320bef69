// Remembers what users said with their requests for the length of a session, in memory only and for
// a bounded number of users.
import { Lru } from '../../models/llm/lru.ts';
import { wordsIn } from '../../models/llm/reasoner/situation.ts';
import { sessionGapMs } from '../../models/user/track.ts';
import type { Request } from '../../schemas/topics/requests.ts';

/** Number of users whose words are remembered. */
const CAPACITY = 10_000;

type Words = ReturnType<typeof wordsIn>;

export class DialogueMemory {
  private readonly byUser = new Lru<{ readonly at: number; readonly words: Words }>(CAPACITY);

  /**
   * Remembers the words of a request in place of earlier ones.
   * @returns whether it says anything
   */
  take({ userId, at, ...request }: Request): boolean {
    const words = wordsIn(request);
    if (words.dialogue.length === 0 && words.context.length === 0) return false;
    const known = this.byUser.get(userId);
    if (!known || known.at <= at) this.byUser.set(userId, { at, words });
    return true;
  }

  /**
   * The user's words that hold at the time `at`, and when they were said, ms: none before they were
   * said, none after a session's pause.
   */
  of(userId: string, at: number): { readonly at: number; readonly words: Words } | undefined {
    const known = this.byUser.get(userId);
    return known && known.at <= at && at - known.at < sessionGapMs ? known : undefined;
  }

  forget(userId: string): void {
    this.byUser.delete(userId);
  }
}
