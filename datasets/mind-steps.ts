// MIND's pages as steps: a page is shown and answered at one time; histories come before all pages.
import { loggedClick } from '../schemas/logged-events.ts';
import type { LogStep } from './dataset.ts';
import { estimatedImpression, Popularity } from './logged.ts';
import { Sessions, sessionStep } from './sessions.ts';
import type { Stepper } from './stepper.ts';

/** A page's clicks have its own time, so the delay is 0; a window needs some length all the same. */
export const PAGE_WINDOW_MS = 1000;

/** A page of news as it was shown; the set shuffles the order within it. */
export interface MindPage {
  readonly id: number;
  /** Time of the page, ms since the epoch. */
  readonly at: number;
  readonly userId: string;
  /** News the user clicked before the log begins, oldest first; the set does not say when. */
  readonly history: readonly string[];
  readonly items: readonly { readonly itemId: string; readonly clicked: boolean }[];
  readonly line: number;
}

/** Makes steps of pages. Memory: one name a user, one number a distinct item. */
export class MindSteps implements Stepper<MindPage> {
  readonly #sessions = new Sessions('mind');
  readonly #popularity = new Popularity();
  readonly #users = new Set<string>();

  foresee({ userId, history }: MindPage, first: number, out: LogStep[]): void {
    if (this.#users.has(userId)) return;
    this.#users.add(userId);
    for (const [n, itemId] of history.entries()) {
      const click = loggedClick({ clickId: `mind-${userId}-${n}`, userId, itemId, at: first });
      out.push({ kind: 'click', at: first, rows: 0, click });
    }
  }

  push({ id, at, userId, items }: MindPage, before: number, out: LogStep[]): void {
    const { session, isNew } = this.#sessions.touch(userId, at);
    if (isNew) out.push(sessionStep(session, at, before));
    const impressionId = `mind-${id}`;
    const itemIds = items.map(({ itemId }) => itemId);
    const shown = estimatedImpression({ impressionId, userId, at, itemIds }, this.#popularity);
    const impression = { ...shown, items: shown.items.map((item) => ({ ...item, position: 0 })) };
    out.push({ kind: 'impression', at, rows: 1, impression });
    for (const [n, { itemId, clicked }] of items.entries()) {
      this.#popularity.add(itemId);
      if (!clicked) continue;
      const click = loggedClick({
        clickId: `${impressionId}-${n}`,
        impressionId,
        userId,
        itemId,
        at,
      });
      out.push({ kind: 'click', at, rows: 0, click });
    }
  }

  finish(): void {
    // Nothing is held back: a page is complete with its own row.
  }
}
