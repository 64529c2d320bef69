// Sequences like the one at hand (session-based kNN, Ludewig & Jannach 2018): what came in those that share
// items with it, each shared item counting by how late it is in the history and how rare it is.
import { Heap } from '../../retrieval/heap.ts';
import type { Sequence } from './pairs.ts';

const NEAREST = 200;
const KEEP = 0.8;

export class SequenceNeighbours {
  readonly #sequences: readonly Sequence[];
  /** Sequences that hold an item. */
  readonly #holders: number[][];
  readonly #likeness: Float64Array;
  readonly #best = new Heap();

  constructor(sequences: readonly Sequence[], size: number) {
    this.#sequences = sequences;
    this.#holders = Array.from({ length: size }, () => []);
    for (const [at, sequence] of sequences.entries()) {
      for (const item of new Set(sequence)) this.#holders[item]!.push(at);
    }
    this.#likeness = new Float64Array(sequences.length);
  }

  /** @param own index of the user's own sequence, which is passed over; −1 if it is not among them */
  fill(column: Float64Array, history: Sequence, own = -1, most = 20): void {
    const touched: number[] = [];
    const likeness = this.#likeness;
    let weight = 1;
    for (let i = history.length - 1; i >= Math.max(0, history.length - most); i--, weight *= KEEP) {
      const holders = this.#holders[history[i]!]!;
      const rare = weight * Math.log(1 + this.#sequences.length / (1 + holders.length));
      for (const holder of holders) {
        if (holder === own) continue;
        if (likeness[holder] === 0) touched.push(holder);
        likeness[holder]! += rare;
      }
    }
    for (const holder of touched) {
      const value = likeness[holder]! / Math.sqrt(this.#sequences[holder]!.length);
      likeness[holder] = 0;
      this.#best.offer(value, holder, NEAREST);
    }
    for (const { row, score } of this.#best.drain()) {
      for (const item of this.#sequences[row]!) column[item]! += score;
    }
  }
}
