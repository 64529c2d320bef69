// A user's rows less than half an hour apart are one session: the usual cut of web usage mining.
import type { LogStep } from './dataset.ts';

/** Shortest pause that ends a session, ms (Catledge & Pitkow 1995, rounded as is usual). */
export const SESSION_GAP_MS = 30 * 60_000;

export interface UserSession {
  /**
   * Id of the session, `<dataset>-<user>-<second it began>`. It is unique, since a user's sessions
   * are half an hour apart.
   */
  readonly id: string;
  readonly userId: string;
  /** Time of its latest row, ms. */
  lastAt: number;
  /** Number of names given out with `nextName`. */
  named: number;
}

/** The sessions that may go on. Memory: the users of the last hour. */
export class Sessions {
  readonly #dataset: string;
  readonly #byUser = new Map<string, UserSession>();
  #sweptAt = Number.NEGATIVE_INFINITY;

  constructor(dataset: string) {
    this.#dataset = dataset;
  }

  /**
   * The session of a user's row; rows must come in order of time. `isNew` says whether the row
   * begins it.
   */
  touch(userId: string, at: number): { session: UserSession; isNew: boolean } {
    this.#sweep(at);
    const known = this.#byUser.get(userId);
    if (known && !isOver(known, at)) {
      known.lastAt = at;
      return { session: known, isNew: false };
    }
    const id = `${this.#dataset}-${userId}-${Math.floor(at / 1000)}`;
    const session = { id, userId, lastAt: at, named: 0 };
    this.#byUser.set(userId, session);
    return { session, isNew: true };
  }

  /**
   * Forgets sessions that are over, once in half an hour of event time, so that each row pays for
   * about one look.
   */
  #sweep(at: number): void {
    if (at < this.#sweptAt + SESSION_GAP_MS) return;
    this.#sweptAt = at;
    for (const [userId, session] of this.#byUser) {
      if (isOver(session, at)) this.#byUser.delete(userId);
    }
  }
}

/** Whether no row at `at` or later can belong to the session. */
export function isOver(session: UserSession, at: number): boolean {
  return session.lastAt + SESSION_GAP_MS <= at;
}

/** A new name within the session: `<session>-<n>`, n from 0. */
export function nextName(session: UserSession): string {
  return `${session.id}-${session.named++}`;
}

/** @param row number of log rows before the session's first */
export function sessionStep(session: UserSession, at: number, row: number): LogStep {
  return { kind: 'session', at, row, sessionId: session.id, userId: session.userId };
}
