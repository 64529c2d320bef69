// What is popular while nobody has learned it yet: likes by item among what the users of a task remember. A
// function of their states alone: whoever counts them anew has the same.
import type { UserState } from '../../schemas/topics/user-state.ts';
import type { Store } from '../engine/store.ts';

type Remembered = Pick<UserState, 'recent'>;

/** The recent likes of a store of users, counted when they are first asked for. */
export class CountedLikes {
  private likes: { readonly counted: RecentLikes; readonly generation: number } | undefined;

  of(users: Store<UserState>): RecentLikes {
    if (this.likes?.generation !== users.generation) {
      this.likes = { counted: new RecentLikes(users.entries()), generation: users.generation };
    }
    return this.likes.counted;
  }

  get areCounted(): boolean {
    return this.likes !== undefined;
  }

  /** Notes that a user's state has changed. */
  replace(before: Remembered | undefined, after: Remembered | undefined): void {
    this.likes?.counted.replace(before, after);
  }

  /** Forgets everything, to be counted anew. */
  clear(): void {
    this.likes = undefined;
  }
}

export class RecentLikes {
  private readonly counts = new Map<string, number>();

  constructor(users: Iterable<readonly [userId: string, state: Remembered]>) {
    for (const [, state] of users) this.count(state, 1);
  }

  /** Replaces a user's state. @param before undefined if the user was not known */
  replace(before: Remembered | undefined, after: Remembered | undefined): void {
    if (before === after) return;
    if (before) this.count(before, -1);
    if (after) this.count(after, 1);
  }

  /** Number of likes of an item in the memories of all users. */
  positives(itemId: string): number {
    return this.counts.get(itemId) ?? 0;
  }

  /** Up to `n` items, the most liked first, equal ones by id. */
  mostLiked(n: number): string[] {
    return [...this.counts]
      .filter(this.floorOf(n))
      .sort(([a, likesA], [b, likesB]) => likesB - likesA || (a < b ? -1 : 1))
      .slice(0, n)
      .map(([itemId]) => itemId);
  }

  /**
   * A filter for the items that can be among the first `n`, so that only these are sorted: few
   * items have many likes.
   */
  private floorOf(n: number): (entry: readonly [string, number]) => boolean {
    const byLikes = new Map<number, number>();
    for (const likes of this.counts.values()) byLikes.set(likes, (byLikes.get(likes) ?? 0) + 1);
    let left = n;
    let floor = 0;
    for (const [likes, items] of [...byLikes].sort(([a], [b]) => b - a)) {
      if (left <= 0) break;
      left -= items;
      floor = likes;
    }
    return ([, likes]) => likes >= floor;
  }

  private count({ recent }: Remembered, by: 1 | -1): void {
    for (const { itemId, positive } of recent) {
      if (!positive) continue;
      const likes = this.positives(itemId) + by;
      if (likes === 0) this.counts.delete(itemId);
      else this.counts.set(itemId, likes);
    }
  }
}
