// One weight a hashed feature (Weinberger et al. 2009), each with its own step (AdaGrad, Duchi et al. 2011).

// Looked up once: in a vm context, such as a test runner's, every look-up of a global is slow.
const { sqrt } = Math;

export class SparseLogit {
  readonly weights: Float32Array;
  readonly squares: Float32Array;
  readonly #mask: number;
  readonly #rate: number;

  /**
   * @param bits log2 of the table's size.
   * @default 17
   * @param rate first step, in logits.
   * @default 0.03
   */
  constructor(bits = 17, rate = 0.03) {
    this.weights = new Float32Array(1 << bits);
    this.squares = new Float32Array(1 << bits);
    this.#mask = (1 << bits) - 1;
    this.#rate = rate;
  }

  logit(hashes: readonly number[]): number {
    let z = 0;
    for (let i = 0; i < hashes.length; i++) z += this.weights[hashes[i]! & this.#mask]!;
    return z;
  }

  /** Steps down the loss. @param gradient d loss / d logit */
  learn(hashes: readonly number[], gradient: number): void {
    for (let i = 0; i < hashes.length; i++) {
      const slot = hashes[i]! & this.#mask;
      this.squares[slot]! += gradient * gradient;
      this.weights[slot]! -= (this.#rate * gradient) / sqrt(this.squares[slot]! + 0.01);
    }
  }
}
