// Which page view an action follows: the latest of the same user and item, less than a day before.

/** How long after a view an action still belongs to it, ms. */
export const VIEW_WINDOW_MS = 24 * 3_600_000;

export interface View {
  impressionId: string;
  at: number;
}

interface UserViews {
  lastAt: number;
  /** By item, the latest view of each; oldest first. */
  byItem: Map<string, View>;
}

/**
 * Nested by user, because one Map holds at most 2^24 entries and a day of the full log comes near.
 * Both levels are kept in time order, so what is over is at the front. Memory: views of users seen in
 * the last day.
 */
export class Views {
  readonly #byUser = new Map<string, UserViews>();

  /** Views come in time order. */
  add(userId: string, itemId: string, view: View): void {
    for (const [oldest, { lastAt }] of this.#byUser) {
      if (!isPast(lastAt, view.at)) break;
      this.#byUser.delete(oldest);
    }
    const user = this.#byUser.get(userId) ?? { lastAt: view.at, byItem: new Map() };
    user.lastAt = view.at;
    this.#byUser.delete(userId);
    this.#byUser.set(userId, user);
    for (const [oldest, { at }] of user.byItem) {
      if (!isPast(at, view.at)) break;
      user.byItem.delete(oldest);
    }
    user.byItem.delete(itemId);
    user.byItem.set(itemId, view);
  }

  /** The view that an action at `at` belongs to. */
  latest(userId: string, itemId: string, at: number): View | undefined {
    const view = this.#byUser.get(userId)?.byItem.get(itemId);
    return view && !isPast(view.at, at) ? view : undefined;
  }
}

function isPast(viewedAt: number, now: number): boolean {
  return viewedAt + VIEW_WINDOW_MS <= now;
}
