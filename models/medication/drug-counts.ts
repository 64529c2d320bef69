// How many stays had a drug, and how many had two. What one patient had can be taken out and put back, so
// that nobody is judged by counts that hold the own outcome.

/** Drugs of a stay, each once, by number. */
export type DrugSet = readonly number[];

export class DrugCounts {
  /** Number of stays. */
  stays = 0;
  readonly #single: Float64Array;
  /** By drug, the stays that it shares with each other drug. */
  readonly #pairs: Map<number, number>[];

  /** @param size number of drugs */
  constructor(size: number, stays: readonly DrugSet[] = []) {
    this.#single = new Float64Array(size);
    this.#pairs = Array.from({ length: size }, () => new Map());
    for (const stay of stays) this.add(stay);
  }

  add(stay: DrugSet): void {
    this.#count(stay, 1);
  }

  remove(stay: DrugSet): void {
    this.#count(stay, -1);
  }

  /** Share of the stays that had a drug, with half a stay added to each side. */
  share(drug: number): number {
    return (this.#single[drug]! + 0.5) / (this.stays + 1);
  }

  /**
   * Adds to a column, for every drug j, the share of the stays with `drug` that had j as well; the prior
   * is that of `prior` stays that had none.
   */
  addShares(drug: number, weight: number, column: Float64Array, prior = 2): void {
    const scale = weight / (this.#single[drug]! + prior);
    for (const [other, together] of this.#pairs[drug]!) column[other]! += scale * together;
  }

  #count(stay: DrugSet, sign: 1 | -1): void {
    this.stays += sign;
    for (const drug of stay) {
      this.#single[drug]! += sign;
      const pairs = this.#pairs[drug]!;
      for (const other of stay) {
        if (other !== drug) pairs.set(other, (pairs.get(other) ?? 0) + sign);
      }
    }
  }
}
