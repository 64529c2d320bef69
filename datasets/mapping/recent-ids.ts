// Ids of a while: tells whether one came before. Memory: the ids of one and a quarter such whiles.

export class RecentIds {
  readonly #at = new Map<string, number>();
  readonly #keepMs: number;
  #sweptAt = Number.NEGATIVE_INFINITY;

  /** @param keepMs time for which an id is known, ms of event time */
  constructor(keepMs: number) {
    this.#keepMs = keepMs;
  }

  /** Whether the id is new; ids come in order of time. */
  isNew(id: string, at: number): boolean {
    this.#sweep(at);
    if (this.#at.has(id)) return false;
    this.#at.set(id, at);
    return true;
  }

  #sweep(now: number): void {
    if (now < this.#sweptAt + this.#keepMs / 4) return;
    this.#sweptAt = now;
    for (const [id, at] of this.#at) if (at + this.#keepMs <= now) this.#at.delete(id);
  }
}
