// A binary heap of rows by score, the lowest on top, ties by the higher row; reused, so it allocates seldom.
//
// The lowest on top is what a search keeps its best n with: a better one takes the place of the top.

export class Heap {
  #scores = new Float64Array(64);
  #rows = new Int32Array(64);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** Score on top; call it, and `topRow`, only while the heap is not empty. */
  get topScore(): number {
    return this.#scores[0]!;
  }
  get topRow(): number {
    return this.#rows[0]!;
  }

  clear(): void {
    this.#size = 0;
  }

  push(score: number, row: number): void {
    if (this.#size === this.#rows.length) this.#grow();
    let at = this.#size++;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!before(score, row, this.#scores[parent]!, this.#rows[parent]!)) break;
      this.#scores[at] = this.#scores[parent]!;
      this.#rows[at] = this.#rows[parent]!;
      at = parent;
    }
    this.#scores[at] = score;
    this.#rows[at] = row;
  }

  /** Takes the top off. */
  pop(): void {
    const size = --this.#size;
    if (size > 0) this.#sink(this.#scores[size]!, this.#rows[size]!);
  }

  /** Offers an entry to a heap that keeps the best `n`. */
  offer(score: number, row: number, n: number): void {
    if (this.#size < n) this.push(score, row);
    else if (n > 0 && before(this.#scores[0]!, this.#rows[0]!, score, row)) this.#sink(score, row);
  }

  /** Empties the heap. @returns its rows, the highest score first */
  drain(): { row: number; score: number }[] {
    const all = new Array<{ row: number; score: number }>(this.#size);
    for (let i = this.#size - 1; i >= 0; i--) {
      all[i] = { row: this.topRow, score: this.topScore };
      this.pop();
    }
    return all;
  }

  /** Puts an entry on top, and down to where it belongs. */
  #sink(score: number, row: number): void {
    const size = this.#size;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= size) break;
      const other = child + 1;
      if (other < size && this.#isBefore(other, child)) child = other;
      if (!before(this.#scores[child]!, this.#rows[child]!, score, row)) break;
      this.#scores[at] = this.#scores[child]!;
      this.#rows[at] = this.#rows[child]!;
      at = child;
    }
    this.#scores[at] = score;
    this.#rows[at] = row;
  }

  #isBefore(one: number, other: number): boolean {
    return before(this.#scores[one]!, this.#rows[one]!, this.#scores[other]!, this.#rows[other]!);
  }

  #grow(): void {
    const scores = new Float64Array(this.#rows.length * 2);
    const rows = new Int32Array(this.#rows.length * 2);
    scores.set(this.#scores);
    rows.set(this.#rows);
    this.#scores = scores;
    this.#rows = rows;
  }
}

/** Whether the first is nearer the top than the second. */
function before(score: number, row: number, otherScore: number, otherRow: number): boolean {
  return score < otherScore || (score === otherScore && row > otherRow);
}
