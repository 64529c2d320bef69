// Which decisions belong together: a user's until a pause, closed by the time of the stream.
import type { Decision } from './decision.ts';

/** Longest episode; a user who never pauses is learned from all the same. */
const LONGEST = 50;

export class Episodes {
  /** By user, the longest untouched first. */
  readonly #open = new Map<string, Decision[]>();
  readonly #gapMs: number;

  /** Decisions more than `gapMs` after the last one start anew. */
  constructor(gapMs: number, open: readonly Decision[][] = []) {
    this.#gapMs = gapMs;
    for (const episode of open) this.#open.set(episode[0]!.userId, episode);
  }

  get open(): Decision[][] {
    return [...this.#open.values()];
  }

  /** The episodes that end by this decision's time or by its arrival. */
  add(decision: Decision): Decision[][] {
    const closed: Decision[][] = [];
    for (const [userId, episode] of this.#open) {
      if (!this.#isOver(episode, decision.at)) break;
      this.#open.delete(userId);
      closed.push(episode);
    }
    const { userId } = decision;
    let own = this.#open.get(userId) ?? [];
    this.#open.delete(userId);
    if (own.length >= LONGEST || (own.length > 0 && this.#isOver(own, decision.at))) {
      closed.push(own);
      own = [];
    }
    own.push(decision);
    this.#open.set(userId, own);
    return closed;
  }

  #isOver(episode: readonly Decision[], at: number): boolean {
    return at - episode.at(-1)!.at > this.#gapMs;
  }
}
