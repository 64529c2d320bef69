// Hashed parameters, each with a step size of its own; rows start from their place, so that an unseen
// one needs no storage and is the same everywhere.
import type { DecodedParts, Numbers } from '../../codec.ts';
import { mix32 } from '../../random.ts';
import { putRows, rowsInUse, takeRows } from '../../rows.ts';

// Looked up once: in a vm context, such as a test runner's, every look-up of a global is slow.
const { abs, sign, sqrt } = Math;

/** log2 of the number of rows. */
const BITS = 14;
/** Number of values in a factor; a row holds a weight before it. */
export const FACTORS = 6;
const STRIDE = FACTORS + 1;
const START = 0.05;

export interface Table {
  /** Copies the row of a hash into `into` from `at` on: a weight, then its factors. */
  read(hash: number, into: Float64Array, at: number): void;
  /** Steps down the loss; `gradient` holds d loss / d row from `at` on. */
  step(hash: number, gradient: Float64Array, at: number): void;
  save(): Record<string, Numbers>;
  load(parts: DecodedParts): void;
}

/** AdaGrad (Duchi, Hazan & Singer 2011): θ ← θ − η g / √(Σ g²). */
export class AdagradTable implements Table {
  readonly #moved = new Float32Array(STRIDE << BITS);
  readonly #squares = new Float32Array(STRIDE << BITS);
  readonly #rate: number;

  constructor(rate = 0.1) {
    this.#rate = rate;
  }

  read(hash: number, into: Float64Array, at: number): void {
    const base = placeOf(hash);
    for (let f = 0; f < STRIDE; f++) into[at + f] = start(base, f) + this.#moved[base + f]!;
  }

  step(hash: number, gradient: Float64Array, at: number): void {
    const base = placeOf(hash);
    for (let f = 0; f < STRIDE; f++) {
      const g = gradient[at + f]!;
      if (g === 0) continue;
      this.#squares[base + f]! += g * g;
      this.#moved[base + f]! -= (this.#rate * g) / sqrt(this.#squares[base + f]! + 1e-3);
    }
  }

  save(): Record<string, Numbers> {
    return pack(this.#squares, this.#moved);
  }

  load(parts: DecodedParts): void {
    unpack(parts, this.#squares, this.#moved);
  }
}

/**
 * FTRL-proximal (McMahan et al. 2013, algorithm 1): θ = 0 where |z| ≤ λ₁, else
 * −(z − sign(z) λ₁) / ((β + √n) / α + λ₂). Weights that say little are 0; factors are pulled to their start.
 */
export class FtrlTable implements Table {
  readonly #z = new Float32Array(STRIDE << BITS);
  readonly #n = new Float32Array(STRIDE << BITS);
  readonly #alpha: number;
  readonly #beta: number;
  readonly #l1: number;
  readonly #l2: number;

  constructor({ alpha = 0.1, beta = 1, l1 = 0.02, l2 = 0.01 } = {}) {
    this.#alpha = alpha;
    this.#beta = beta;
    this.#l1 = l1;
    this.#l2 = l2;
  }

  read(hash: number, into: Float64Array, at: number): void {
    const base = placeOf(hash);
    for (let f = 0; f < STRIDE; f++) into[at + f] = start(base, f) + this.#offset(base + f);
  }

  step(hash: number, gradient: Float64Array, at: number): void {
    const base = placeOf(hash);
    for (let f = 0; f < STRIDE; f++) {
      const g = gradient[at + f]!;
      if (g === 0) continue;
      const n = this.#n[base + f]!;
      const sigma = (sqrt(n + g * g) - sqrt(n)) / this.#alpha;
      this.#z[base + f]! += g - sigma * this.#offset(base + f);
      this.#n[base + f] = n + g * g;
    }
  }

  save(): Record<string, Numbers> {
    return pack(this.#n, this.#z);
  }

  load(parts: DecodedParts): void {
    unpack(parts, this.#n, this.#z);
  }

  #offset(place: number): number {
    const z = this.#z[place]!;
    if (abs(z) <= this.#l1) return 0;
    const steepness = (this.#beta + sqrt(this.#n[place]!)) / this.#alpha + this.#l2;
    return -(z - sign(z) * this.#l1) / steepness;
  }
}

function placeOf(hash: number): number {
  return (mix32(hash) & ((1 << BITS) - 1)) * STRIDE;
}

/** Value that a row starts with: 0 for the weight, uniform in ±START for a factor. */
function start(base: number, f: number): number {
  return f === 0 ? 0 : ((mix32(base + f) >>> 0) / 0x8000_0000 - 1) * START;
}

function pack(used: Float32Array, other: Float32Array): Record<string, Numbers> {
  const rows = rowsInUse(used, STRIDE);
  return { rows, used: takeRows(used, rows, STRIDE), other: takeRows(other, rows, STRIDE) };
}

function unpack(parts: DecodedParts, used: Float32Array, other: Float32Array): void {
  const rows = parts.i32('rows');
  putRows(used, rows, STRIDE, parts.f32('used'));
  putRows(other, rows, STRIDE, parts.f32('other'));
}
