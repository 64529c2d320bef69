// Finds the page view that an action follows: the latest of the same user and item, less than a day
// before.

/** Time after a view within which an action belongs to it, unless another is given, ms. */
export const VIEW_WINDOW_MS = 24 * 3_600_000;

export interface View {
  impressionId: string;
  at: number;
}

/**
 * Nested by user, because one Map holds at most 2^24 entries and a day of the full log comes near.
 * Memory: the distinct views of the last window and a quarter.
 */
export class Views {
  readonly #byUser = new Map<string, Map<string, View>>();
  readonly #windowMs: number;
  #sweptAt = Number.NEGATIVE_INFINITY;

  /** @param windowMs time after a view within which an action belongs to it. @default a day */
  constructor(windowMs = VIEW_WINDOW_MS) {
    this.#windowMs = windowMs;
  }

  /** Adds a view; views must come in order of time. */
  add(userId: string, itemId: string, view: View): void {
    this.#sweep(view.at);
    let byItem = this.#byUser.get(userId);
    if (!byItem) {
      byItem = new Map();
      this.#byUser.set(userId, byItem);
    }
    byItem.set(itemId, view);
  }

  /** The view that an action at `at` belongs to; undefined if there is none. */
  latest(userId: string, itemId: string, at: number): View | undefined {
    const view = this.#byUser.get(userId)?.get(itemId);
    return view && !this.#isPast(view.at, at) ? view : undefined;
  }

  #sweep(now: number): void {
    // Each view is looked at a few times in its life.
    if (now < this.#sweptAt + this.#windowMs / 4) return;
    this.#sweptAt = now;
    for (const [userId, byItem] of this.#byUser) {
      for (const [itemId, { at }] of byItem) if (this.#isPast(at, now)) byItem.delete(itemId);
      if (byItem.size === 0) this.#byUser.delete(userId);
    }
  }

  #isPast(viewedAt: number, now: number): boolean {
    return viewedAt + this.#windowMs <= now;
  }
}
