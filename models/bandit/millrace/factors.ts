// Online factors: a user's vector times an item's, the item's being its own plus its groups'.
//
// A factorisation machine (Rendle 2010) with only the pairs user × item and user × group. Rows are
// hashed, so memory is bounded; a row starts from its own hash, so an unseen one needs no storage.
import { mix32 } from '../../random.ts';

// Looked up once: in a vm context, such as a test runner's, every look-up of a global is slow.
const { max, sqrt } = Math;

export class Factors {
  readonly width: number;
  readonly values: Float32Array;
  readonly squares: Float32Array;
  readonly #mask: number;
  readonly #rate: number;
  readonly #start: number;
  readonly #of: Float64Array;

  constructor(bits = 15, width = 8, rate = 0.1, start = 0.07) {
    this.width = width;
    this.values = new Float32Array(width << bits);
    this.squares = new Float32Array(width << bits);
    this.#mask = (1 << bits) - 1;
    this.#rate = rate;
    this.#start = start;
    this.#of = new Float64Array(width * 2);
    for (let i = 0; i < this.values.length; i++) this.values[i] = this.initial(i);
  }

  /** Value that a place starts with: uniform in ±start, by the place. */
  initial(place: number): number {
    return ((mix32(place + 0x2545f491) >>> 0) / 0x8000_0000 - 1) * this.#start;
  }

  /** The logit ⟨user, own + Σ groups / √|groups|⟩. */
  logit(user: number, item: number, groups: readonly number[]): number {
    this.#gather(user, item, groups);
    let z = 0;
    for (let f = 0; f < this.width; f++) z += this.#of[f]! * this.#of[this.width + f]!;
    return z;
  }

  /** Steps all rows down the loss, from where they were before. @param gradient d loss / d logit */
  learn(user: number, item: number, groups: readonly number[], gradient: number): void {
    this.#gather(user, item, groups);
    const { width } = this;
    const share = 1 / sqrt(max(1, groups.length));
    for (let f = 0; f < width; f++) {
      const ofUser = this.#of[f]!;
      this.#step(this.#place(user) + f, gradient * this.#of[width + f]!);
      this.#step(this.#place(item) + f, gradient * ofUser);
      for (let g = 0; g < groups.length; g++) {
        this.#step(this.#place(groups[g]!) + f, gradient * share * ofUser);
      }
    }
  }

  #gather(user: number, item: number, groups: readonly number[]): void {
    const { width } = this;
    const share = 1 / sqrt(max(1, groups.length));
    const userAt = this.#place(user);
    const itemAt = this.#place(item);
    for (let f = 0; f < width; f++) {
      let sum = 0;
      for (let g = 0; g < groups.length; g++) sum += this.values[this.#place(groups[g]!) + f]!;
      this.#of[f] = this.values[userAt + f]!;
      this.#of[width + f] = this.values[itemAt + f]! + share * sum;
    }
  }

  #place(hash: number): number {
    return (hash & this.#mask) * this.width;
  }

  #step(place: number, gradient: number): void {
    this.squares[place]! += gradient * gradient;
    this.values[place]! -= (this.#rate * gradient) / sqrt(this.squares[place]! + 0.01);
  }
}
