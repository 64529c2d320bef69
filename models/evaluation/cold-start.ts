// Cold start: what the first requests of a user earn, and the first hour of an item.
import type { Served } from '../world/live.ts';

/** Number of a user's requests that are counted one by one. */
export const FIRST_REQUESTS = 5;
const HOUR = 3_600_000;

export interface ColdStartFigures {
  /** Figures by the number of the request, from 1 on; the last entry is for all later ones. */
  readonly users: readonly {
    readonly requests: number;
    /** Expected clicks of a slate; null if there was no such request. */
    readonly reward: number | null;
    /**
     * Expected clicks over those of the best slate that the candidates allowed; null if there was
     * no such request.
     */
    readonly ofBest: number | null;
  }[];
  /** Figures of items in the first hour after they were first a candidate, and of all others. */
  readonly items: { readonly young: ItemFigures; readonly others: ItemFigures };
}

export interface ItemFigures {
  /** Number of times shown. */
  readonly shown: number;
  /** Share of such candidates that were shown; null if there were none. */
  readonly shownShare: number | null;
  /** Clicks for each time shown; null if never shown. */
  readonly reward: number | null;
}

interface Tally {
  offered: number;
  shown: number;
  clicks: number;
}

/** Takes figures of a life in the seeded world, request by request. */
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
