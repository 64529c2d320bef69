// A user's rows less than half an hour apart are one session: the usual cut of web usage mining.
import type { LogStep } from './dataset.ts';

/** A pause this long, or longer, ends a session, ms (Catledge & Pitkow 1995, rounded as is usual). */
export const SESSION_GAP_MS = 30 * 60_000;

export interface UserSession {
  /** `<dataset>-<user>-<second it began>`: unique, for a user's sessions are half an hour apart. */
  readonly id: string;
  readonly userId: string;
  /** Time of its latest row, ms. */
  lastAt: number;
  /** Names given out with `nextName`. */
  named: number;
}

/** The sessions that may go on; memory is the users of the last hour. */
export class Sessions {
  readonly #dataset: string;
  readonly #byUser = new Map<string, UserSession>();
  #sweptAt = Number.NEGATIVE_INFINITY;

  constructor(dataset: string) {
    this.#dataset = dataset;
  }

  /** The session of a user's row. Rows come in time order. `isNew`: the row begins it. */
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

  /** Once in half an hour of event time, so that a row pays for about one look. */
  #sweep(at: number): void {
    if (at < this.#sweptAt + SESSION_GAP_MS) return;
    this.#sweptAt = at;
    for (const [userId, session] of this.#byUser) {
      if (isOver(session, at)) this.#byUser.delete(userId);
    }
  }
}

/** Can no row at `at` or later belong to it? */
export function isOver(session: UserSession, at: number): boolean {
  return session.lastAt + SESSION_GAP_MS <= at;
}

/** A name within the session: `<session>-<n>`, n from 0. */
export function nextName(session: UserSession): string {
  return `${session.id}-${session.named++}`;
}

/** @param row rows of the log before the session's first */
export function sessionStep(session: UserSession, at: number, row: number): LogStep {
  return { kind: 'session', at, row, sessionId: session.id, userId: session.userId };
}
