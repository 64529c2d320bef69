// MIND's pages as steps: a page is shown and answered at one time; histories come before all pages.
import { loggedClick } from '../schemas/logged-events.ts';
import type { LogStep } from './dataset.ts';
import { ItemCounts } from './item-counts.ts';
import { estimatedImpression, Popularity } from './logged.ts';
import { Sessions, sessionStep } from './sessions.ts';
import type { Stepper } from './stepper.ts';

/** A page's clicks have its own time, so the delay is 0; a window needs some length all the same. */
export const PAGE_WINDOW_MS = 1000;

/**
 * A page of news as it was shown; the set shuffles the order within it. Its lists stay texts, ten times
 * smaller than lists, until the page is played.
 */
export interface MindPage {
  readonly id: number;
  /** Time of the page, ms since the epoch. */
  readonly at: number;
  readonly userId: string;
  /** News the user clicked before the log begins, oldest first; the set does not say when. */
  readonly history: string;
  /** News, each with `-1` if it was clicked and `-0` if not. */
  readonly shown: string;
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
    for (const [n, itemId] of wordsOf(history).entries()) {
      const click = loggedClick({ clickId: `mind-${userId}-${n}`, userId, itemId, at: first });
      out.push({ kind: 'click', at: first, rows: 0, click });
    }
  }

  push({ id, at, userId, shown: page, file }: MindPage, before: number, out: LogStep[]): void {
    const { session, isNew } = this.#sessions.touch(userId, at);
    if (isNew) out.push(sessionStep(session, at, before));
    // Each split counts its pages from 1.
    const impressionId = file ? `mind-split${file}-${id}` : `mind-${id}`;
    const words = wordsOf(page);
    const itemIds = words.map((word) => word.slice(0, -2));
    const shown = estimatedImpression({ impressionId, userId, at, itemIds }, this.#popularity);
    const impression = { ...shown, items: shown.items.map((item) => ({ ...item, position: 0 })) };
    out.push({ kind: 'impression', at, rows: 1, impression });
    for (const [n, itemId] of itemIds.entries()) {
      this.#popularity.add(itemId);
      if (!words[n]!.endsWith('1')) continue;
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

export const wordsOf = (text: string) => text.split(' ').filter((word) => word !== '');
