// The items that each user has seen, in order and in a few bytes each, so that they can be left out
// of a ranking.
import { grown, Ids } from '../ids.ts';

export class Histories {
  readonly #users: Ids;
  /** Index of each item × 2, plus 1 for a like; `#sizes` of them are in use. */
  readonly #seen: Int32Array[] = [];
  readonly #sizes: number[] = [];
  readonly #likes: number[] = [];

  constructor(saved?: SavedHistories) {
    this.#users = new Ids(saved?.users);
    let at = 0;
    for (const size of saved?.sizes ?? []) {
      const seen = saved!.seen.slice(at, at + size);
      this.#seen.push(seen);
      this.#sizes.push(size);
      this.#likes.push(seen.reduce((sum, code) => sum + (code & 1), 0));
      at += size;
    }
  }

  add(userId: string, item: number, liked: boolean): void {
    const user = this.#users.add(userId);
    if (user === this.#seen.length) {
      this.#seen.push(new Int32Array(4));
      this.#sizes.push(0);
      this.#likes.push(0);
    }
    const size = this.#sizes[user]!;
    if (this.#seen[user]!.length === size) this.#seen[user] = grown(this.#seen[user]!, size + 1);
    this.#seen[user]![size] = item * 2 + (liked ? 1 : 0);
    this.#sizes[user] = size + 1;
    if (liked) this.#likes[user]! += 1;
  }

  /** Number of likes of a user so far, repeats included. */
  likes(userId: string): number {
    return this.#likes[this.#users.find(userId)] ?? 0;
  }

  /** The last `n` likes of a user, oldest first. */
  lastLikes(userId: string, n: number): number[] {
    const user = this.#users.find(userId);
    const likes: number[] = [];
    for (let i = (this.#sizes[user] ?? 0) - 1; i >= 0 && likes.length < n; i--) {
      const code = this.#seen[user]![i]!;
      if (code & 1) likes.push(code >> 1);
    }
    return likes.reverse();
  }

  /** Calls `visit` with every item that the user was shown; an item may come twice. */
  forEachSeen(userId: string, visit: (item: number) => void): void {
    const user = this.#users.find(userId);
    const size = this.#sizes[user] ?? 0;
    for (let i = 0; i < size; i++) visit(this.#seen[user]![i]! >> 1);
  }

  /** Forgets what a user has seen; the place stays, empty and without a name. */
  forget(userId: string): void {
    const user = this.#users.forget(userId);
    if (user < 0) return;
    this.#seen[user] = new Int32Array(0);
    this.#sizes[user] = 0;
    this.#likes[user] = 0;
  }

  save(): SavedHistories {
    const sizes = Int32Array.from(this.#sizes);
    const seen = new Int32Array(sizes.reduce((sum, size) => sum + size, 0));
    let at = 0;
    for (const [user, size] of sizes.entries()) {
      seen.set(this.#seen[user]!.subarray(0, size), at);
      at += size;
    }
    return { users: this.#users.names, sizes, seen };
  }
}

export interface SavedHistories {
  users: readonly string[];
  sizes: Int32Array;
  seen: Int32Array;
}
