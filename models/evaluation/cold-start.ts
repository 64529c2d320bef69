// Cold start: what the first requests of a user earn, and the first hour of an item.
import type { Served } from '../world/live.ts';

/** Requests of a user that are counted one by one. */
export const FIRST_REQUESTS = 5;
const HOUR = 3_600_000;

export interface ColdStartFigures {
  /** By the number of the request, from 1 on; the last entry is of all later ones. */
  readonly users: readonly {
    readonly requests: number;
    /** Expected clicks a slate; null where there was no such request. */
    readonly reward: number | null;
    /** The same over those of the best slate that the candidates allowed. */
    readonly ofBest: number | null;
  }[];
  /** Items in the first hour after they were first a candidate, and all others. */
  readonly items: { readonly young: ItemFigures; readonly others: ItemFigures };
}

export interface ItemFigures {
  /** Times shown. */
  readonly shown: number;
  /** Share of times that such a candidate was shown. */
  readonly shownShare: number | null;
  /** Clicks each time shown. */
  readonly reward: number | null;
}

interface Tally {
  offered: number;
  shown: number;
  clicks: number;
}

/** Looks on at a life in the seeded world, request by request. */
export class ColdStart {
  readonly #requests = new Map<string, number>();
  readonly #firstOffered = new Map<string, number>();
  readonly #users = Array.from({ length: FIRST_REQUESTS + 1 }, () => ({
    n: 0,
    earned: 0,
    best: 0,
  }));
  readonly #young: Tally = { offered: 0, shown: 0, clicks: 0 };
  readonly #others: Tally = { offered: 0, shown: 0, clicks: 0 };

  add({ context, examples, expected, best }: Served): void {
    const { userId } = context.state;
    const earlier = this.#requests.get(userId) ?? 0;
    this.#requests.set(userId, earlier + 1);
    const user = this.#users[Math.min(earlier, FIRST_REQUESTS)]!;
    user.n += 1;
    user.earned += expected;
    user.best += best;
    for (const { itemId } of context.candidates) this.#tallyOf(itemId, context.at).offered += 1;
    for (const { itemId, positive } of examples[0]!.items) {
      const tally = this.#tallyOf(itemId, context.at);
      tally.shown += 1;
      if (positive) tally.clicks += 1;
    }
  }

  figures(): ColdStartFigures {
    return {
      users: this.#users.map(({ n, earned, best }) => ({
        requests: n,
        reward: ratio(earned, n),
        ofBest: ratio(earned, best),
      })),
      items: { young: figuresOf(this.#young), others: figuresOf(this.#others) },
    };
  }

  #tallyOf(itemId: string, at: number): Tally {
    const first = this.#firstOffered.get(itemId) ?? at;
    if (first === at) this.#firstOffered.set(itemId, at);
    return at - first < HOUR ? this.#young : this.#others;
  }
}

function figuresOf({ offered, shown, clicks }: Tally): ItemFigures {
  return { shown, shownShare: ratio(shown, offered), reward: ratio(clicks, shown) };
}

function ratio(sum: number, n: number): number | null {
  return n > 0 ? sum / n : null;
}
