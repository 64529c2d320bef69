// Drugs that interact: how often a set holds two of them, and sets that hold fewer.

/** By drug, the drugs that it interacts with; symmetric. */
export class Interactions {
  readonly #with = new Map<number, Set<number>>();

  /** @param pairs of drugs that interact, in either order */
  constructor(pairs: Iterable<readonly [number, number]> = []) {
    for (const [one, other] of pairs) {
      if (one === other) continue;
      for (const [a, b] of [
        [one, other],
        [other, one],
      ] as const) {
        const known = this.#with.get(a);
        if (known) known.add(b);
        else this.#with.set(a, new Set([b]));
      }
    }
  }

  /** Number of drugs of a set that a drug interacts with. */
  partners(drug: number, set: Iterable<number>): number {
    const known = this.#with.get(drug);
    if (!known) return 0;
    let partners = 0;
    for (const other of set) if (known.has(other)) partners += 1;
    return partners;
  }

  /** Number of pairs of a set that interact, and number of its pairs. */
  count(set: readonly number[]): { interacting: number; pairs: number } {
    let twice = 0;
    for (const drug of set) twice += this.partners(drug, set);
    return { interacting: twice / 2, pairs: (set.length * (set.length - 1)) / 2 };
  }

  /**
   * Takes drugs in their order, but none that would raise the rate of interacting pairs of the set above
   * a limit. A set of drugs none of which interact is left as it is.
   * @param limit largest rate of interacting pairs, 0 to 1
   */
  capped(order: readonly number[], limit: number): number[] {
    const taken: number[] = [];
    let interacting = 0;
    for (const drug of order) {
      const more = this.partners(drug, taken);
      const pairs = (taken.length * (taken.length + 1)) / 2;
      if (more > 0 && interacting + more > limit * pairs) continue;
      taken.push(drug);
      interacting += more;
    }
    return taken;
  }
}

/** Interacting pairs over pairs, of all sets together (Shang et al. 2019); 0 without pairs. */
export function interactionRate(
  sets: readonly (readonly number[])[],
  interactions: Interactions,
): number {
  let [interacting, pairs] = [0, 0];
  for (const set of sets) {
    const own = interactions.count(set);
    interacting += own.interacting;
    pairs += own.pairs;
  }
  return pairs === 0 ? 0 : interacting / pairs;
}
