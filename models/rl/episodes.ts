// Puts transitions together into episodes: a user's transitions until a pause. Episodes are closed
// by the time of the stream.
import type { Transition } from './transition.ts';

/** Largest number of transitions in an episode, so that a user who never pauses is learned from. */
const LONGEST = 50;

export class Episodes {
  /** Open episodes by user, the longest untouched first. */
  readonly #open = new Map<string, Transition[]>();
  readonly #gapMs: number;

  /** @param gapMs pause after which a decision begins a new episode, ms */
  constructor(gapMs: number, open: readonly Transition[][] = []) {
    this.#gapMs = gapMs;
    for (const episode of open) this.#open.set(episode[0]!.userId, episode);
  }

  get open(): Transition[][] {
    return [...this.#open.values()];
  }

  /** Adds a transition. @returns the episodes that end by its time or by its arrival */
  add(transition: Transition): Transition[][] {
    const closed: Transition[][] = [];
    for (const [userId, episode] of this.#open) {
      if (!this.#isOver(episode, transition.at)) break;
      this.#open.delete(userId);
      closed.push(episode);
    }
    const { userId } = transition;
    let own = this.#open.get(userId) ?? [];
    this.#open.delete(userId);
    if (own.length >= LONGEST || (own.length > 0 && this.#isOver(own, transition.at))) {
      closed.push(own);
      own = [];
    }
    own.push(transition);
    this.#open.set(userId, own);
    return closed;
  }

  /** Gives up the open episode of a user. */
  forget(userId: string): void {
    this.#open.delete(userId);
  }

  #isOver(episode: readonly Transition[], at: number): boolean {
    return at - episode.at(-1)!.at > this.#gapMs;
  }
}
