// What the rules of a book say of an item, worked out once: items seldom change, and requests come for the same
// ones again and again. A book whose rules change begins anew.
import type { ItemFacts, MatchIndex, ReadyRule } from './match.ts';

/** Most filters whose verdicts are remembered: an item remembers those that it does not meet. */
const mostRemembered = 100;

interface Verdict {
  /** Rules, filters aside, that are about the item. */
  readonly about: readonly ReadyRule[];
  /** Filters for everybody that it does not meet; undefined where there are too many to remember. */
  readonly unmet: readonly ReadyRule[] | undefined;
}

export class Verdicts {
  /** By the item as the catalogue has it: a changed item is another object. */
  private readonly known = new WeakMap<ItemFacts, Verdict>();
  private readonly index: MatchIndex<ReadyRule>;
  private readonly filters: readonly ReadyRule[];

  /** @param index of all rules but filters @param filters those that name no user */
  constructor(index: MatchIndex<ReadyRule>, filters: readonly ReadyRule[]) {
    this.index = index;
    this.filters = filters;
  }

  of(item: ItemFacts): Verdict {
    const known = this.known.get(item);
    if (known) return known;
    const about = new Set<ReadyRule>();
    this.index.each(item, (one) => {
      if (one.matcher.matches(item)) about.add(one);
    });
    const unmet =
      this.filters.length > mostRemembered
        ? undefined
        : this.filters.filter(({ matcher }) => !matcher.matches(item));
    const verdict = { about: [...about], unmet };
    this.known.set(item, verdict);
    return verdict;
  }
}
