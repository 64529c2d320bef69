// MIND's pages as steps: a page is shown and answered at one time; histories come before all pages.
import { loggedClick } from '../schemas/logged-events.ts';
import type { LogStep } from './dataset.ts';
import { ItemCounts } from './item-counts.ts';
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
  /** Number of the file among those of the log. */
  file?: number;
}

/** Makes steps of pages. Memory: four bytes a user, one number a distinct item. */
export class MindSteps implements Stepper<MindPage> {
  readonly #sessions = new Sessions('mind');
  readonly #popularity = new Popularity();
  readonly #users = new ItemCounts();

  foresee({ userId, history }: MindPage, first: number, out: LogStep[]): void {
    // Users are called U and a number: the number alone is counted in a table.
    const user = userId.replace(/^U(?=\d)/, '');
    if (this.#users.of(user) > 0) return;
    this.#users.add(user);
    for (const [n, itemId] of history.entries()) {
      const click = loggedClick({ clickId: `mind-${userId}-${n}`, userId, itemId, at: first });
      out.push({ kind: 'click', at: first, rows: 0, click });
    }
  }

  push({ id, at, userId, items, file }: MindPage, before: number, out: LogStep[]): void {
    const { session, isNew } = this.#sessions.touch(userId, at);
    if (isNew) out.push(sessionStep(session, at, before));
    // Each split counts its pages from 1.
    const impressionId = file ? `mind-split${file}-${id}` : `mind-${id}`;
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
