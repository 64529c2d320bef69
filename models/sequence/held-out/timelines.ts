// Histories of users joined to one sequence each. A history may say again what an earlier one said: it then
// goes on where that ended.
export class Timelines {
  readonly sequences: number[][] = [];
  readonly #byUser = new Map<string, number>();

  /** Index of a user's sequence; −1 for a user never added. */
  own(userId: string): number {
    return this.#byUser.get(userId) ?? -1;
  }

  /** Adds a history, oldest first, to what is known of its user. */
  add(userId: string, history: readonly number[]): void {
    const known = this.#byUser.get(userId);
    if (known === undefined) {
      this.#byUser.set(userId, this.sequences.push([...history]) - 1);
      return;
    }
    const sequence = this.sequences[known]!;
    sequence.push(...history.slice(overlap(sequence, history)));
  }
}

/** Largest number of items that end the one and begin the other. */
function overlap(before: readonly number[], after: readonly number[]): number {
  for (let n = Math.min(before.length, after.length); n > 0; n--) {
    const from = before.length - n;
    let i = 0;
    while (i < n && before[from + i] === after[i]) i += 1;
    if (i === n) return n;
  }
  return 0;
}
