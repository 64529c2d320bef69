// The live part of the demo: the last rows of the log, where each return of a user becomes a
// request that is decided, answered by the simulator, and learned from.

import { setTimeout as sleep } from 'node:timers/promises';
import type { LiveRequest, ReplaySession } from '../../infra/replay/replayer.ts';
import { requestOf } from '../../schemas/request-border.ts';
import type { Impression } from '../../schemas/topics/impressions.ts';
import { servedWindowMs } from './recommender.ts';

/** Which sessions of the log become requests. */
export interface LiveOptions {
  /** Share of the rows, the first in order of time, that are only learned from off-policy. */
  readonly from: number;
  /** Number of sessions of each user that become requests, the first ones. */
  readonly sessionsEach: number;
}

/** Number of items in a slate. */
const slateSize = 10;

/** Time that the log waits for an answer, ms; afterwards it goes on without. */
const patienceMs = 5_000;

export class LiveRequests {
  private readonly waiting = new Map<string, () => void>();
  /** Number of requests made, and of those whose answer did not come in time. */
  readonly counts = { requests: 0, unanswered: 0 };
  private readonly options: LiveOptions;
  private readonly ready: () => Promise<void>;
  private begun = false;

  /** @param ready resolves once decisions may begin, when everything before them is processed */
  constructor(options: LiveOptions, ready: () => Promise<void>) {
    this.options = options;
    this.ready = ready;
  }

  get serving(): boolean {
    return this.begun;
  }

  /** Notes that the simulator has answered a slate. */
  answered(impression: Impression): void {
    this.waiting.get(impression.requestId ?? '')?.();
  }

  onSession(session: ReplaySession): LiveRequest | undefined {
    const { from, sessionsEach } = this.options;
    if (session.row < from * session.rows || session.nth > sessionsEach) return undefined;
    const { sessionId, userId, at } = session;
    this.counts.requests++;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.waiting.set(sessionId, resolve);
    const first = !this.begun;
    this.begun = true;
    return {
      // A log does not tell what its users said.
      request: requestOf({ requestId: sessionId, userId, at, k: slateSize, surface: 'demo' }),
      // Decisions begin with a policy that has seen all that came before.
      ...(first ? { ready: this.ready } : {}),
      dueAt: at + servedWindowMs,
      answered: () => this.wait(sessionId, promise),
    };
  }

  private async wait(requestId: string, answer: Promise<void>): Promise<void> {
    const patience = new AbortController();
    const late = sleep(patienceMs, 'late' as const, { signal: patience.signal }).catch(() => null);
    if ((await Promise.race([answer, late])) === 'late') this.counts.unanswered++;
    patience.abort();
    this.waiting.delete(requestId);
  }
}
