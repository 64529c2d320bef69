// Sessions cut into slates, every row being feedback on its item of the slate it belongs to.
import type { Click } from '../schemas/topics/clicks.ts';
import type { LogStep } from './dataset.ts';
import type { LogRow } from './log-row.ts';
import { estimatedImpression, Popularity } from './logged.ts';
import { isOver, nextName, Sessions, sessionStep, type UserSession } from './sessions.ts';
import type { Stepper } from './stepper.ts';

type Feedback = Pick<Click, 'kind' | 'positive' | 'value'>;

export interface SlateOptions {
  /** Name of the data set; ids begin with it. */
  dataset: string;
  /** Largest number of items in a slate. */
  size: number;
  feedback: (row: LogRow) => Feedback;
}

interface PendingSlate {
  kind: 'slate';
  impressionId: string;
  session: UserSession;
  at: number;
  itemIds: string[];
}

/**
 * A slate is shown at the time of its first row but known only when it is complete, so steps wait
 * in the order of the rows behind the oldest slate that may still grow: that slate is the watermark.
 * The queue is bounded by the rows of `size` × 30 minutes.
 */
export class SlateSteps implements Stepper {
  readonly #options: SlateOptions;
  readonly #sessions: Sessions;
  readonly #popularity = new Popularity();
  readonly #growing = new WeakMap<UserSession, PendingSlate>();
  #queue: (LogStep | PendingSlate)[] = [];
  #head = 0;

  constructor(options: SlateOptions) {
    this.#options = options;
    this.#sessions = new Sessions(options.dataset);
  }

  push(row: LogRow, before: number, out: LogStep[]): void {
    const { session, isNew } = this.#sessions.touch(row.userId, row.at);
    if (isNew) this.#queue.push(sessionStep(session, row.at, before));
    const slate = this.#slateOf(session, row.at);
    this.#queue.push(this.#clickOf(row, slate));
    slate.itemIds.push(row.itemId);
    this.#drain(row.at, out);
  }

  finish(out: LogStep[]): void {
    this.#drain(Number.POSITIVE_INFINITY, out);
  }

  #slateOf(session: UserSession, at: number): PendingSlate {
    const growing = this.#growing.get(session);
    if (growing && growing.itemIds.length < this.#options.size) return growing;
    const impressionId = nextName(session);
    const slate: PendingSlate = { kind: 'slate', impressionId, session, at, itemIds: [] };
    this.#growing.set(session, slate);
    this.#queue.push(slate);
    return slate;
  }

  #clickOf(row: LogRow, slate: PendingSlate): LogStep {
    const click: Click = {
      clickId: `${slate.impressionId}-${slate.itemIds.length}`,
      impressionId: slate.impressionId,
      userId: row.userId,
      itemId: row.itemId,
      at: row.at,
      ...this.#options.feedback(row),
      source: 'logged',
      confidence: 1,
      similarity: null,
    };
    return { kind: 'click', at: row.at, rows: 0, click };
  }

  /** Appends the steps before the oldest slate that a row at `now` or later could still join. */
  #drain(now: number, out: LogStep[]): void {
    for (; this.#head < this.#queue.length; this.#head += 1) {
      const next = this.#queue[this.#head]!;
      if (next.kind === 'slate') {
        if (next.itemIds.length < this.#options.size && !isOver(next.session, now)) break;
        out.push(this.#shown(next));
      } else {
        // Counted here, where the rows before are all counted and the rows after are not.
        if (next.kind === 'click') this.#popularity.add(next.click.itemId);
        out.push(next);
      }
    }
    // Cut off what has gone once it is half of the queue: constant work a row.
    if (this.#head * 2 > this.#queue.length) {
      this.#queue = this.#queue.slice(this.#head);
      this.#head = 0;
    }
  }

  #shown(slate: PendingSlate): LogStep {
    const impression = estimatedImpression(
      { ...slate, userId: slate.session.userId },
      this.#popularity,
    );
    return { kind: 'impression', at: slate.at, rows: slate.itemIds.length, impression };
  }
}
