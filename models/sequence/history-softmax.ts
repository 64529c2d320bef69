// Two vectors an item: what a history says of its next items, learned by softmax over all of them.
//
// u = Σ_k a_k E[h_k], h_k the item k steps back; P(j | h) = softmax_j(b_j + u·V_j) over the items that are
// not in h. A factorised Markov chain of many steps (Rendle et al. 2010, FPMC; He & McAuley 2016, Fossil).
// The targets are the next items, each further one counting less, for a history goes on with a set.
// AdaGrad (Duchi et al. 2011) with a step that falls to 0; items of the history are left out at random
// (Srivastava et al. 2014). Large catalogues learn against a sample (Bengio & Senécal 2008).
import { normal } from '../normal.ts';
import { Random, shuffled } from '../random.ts';
import { NegativeSample } from './negative-sample.ts';

// Looked up once: in a vm context, such as a test runner's, every look-up of a global is slow.
const { abs, exp, log, min, sqrt } = Math;

export interface HistorySoftmaxOptions {
  /** Numbers in a vector. @default 64, or 32 past 1,024 items */
  readonly width?: number;
  /** Passes over the histories. @default 8, or 5 past 1,024 items */
  readonly epochs?: number;
  /**
   * Items drawn by popularity that a target is learned against.
   * @default all items up to 1,024 of them, else 128
   */
  readonly sample?: number;
}

/** First step of AdaGrad, and its part for the weights of the steps back. */
const STEP = 0.07;
const STEP_BACK = 0.007;
/** Items of a history that count; weight of each step back before it is learned. */
const LOOK_BACK = 10;
const KEEP = 0.7;
/** Items after a history that are its targets; weight of each further one. */
const AHEAD = 6;
const AHEAD_KEEP = 0.8;
/** Probability with which an item of the history is left out; the last never is. */
const LEFT_OUT = 0.4;
/** Pull of the vectors to 0. */
const SHRINK = 0.001;
/** Number of items above which the options are `LARGE`: what they cost grows with the items. */
const EXACT_UP_TO = 1024;
const SMALL = { width: 64, epochs: 8, sample: 0 };
const LARGE = { width: 32, epochs: 5, sample: 128 };

export class HistorySoftmax {
  readonly #size: number;
  readonly #width: number;
  /** E, V and b, with their sums of squared gradients. */
  readonly #from: Vectors;
  readonly #to: Vectors;
  readonly #bias: Vectors;
  /** a_k. */
  readonly #back: Float64Array;
  readonly #backSquares = new Float64Array(LOOK_BACK).fill(1);
  readonly #user: Float64Array;
  readonly #pull: Float64Array;
  readonly #scores: Float64Array;

  /** @param size number of items; histories hold numbers below it */
  constructor(size: number, width: number, random: Random) {
    this.#size = size;
    this.#width = width;
    const spread = 0.3 / sqrt(width);
    this.#from = vectors(size * width, () => spread * normal(random));
    this.#to = vectors(size * width, () => spread * normal(random));
    this.#bias = vectors(size, () => 0);
    let weight = 1 / KEEP;
    this.#back = Float64Array.from({ length: LOOK_BACK }, () => (weight *= KEEP));
    this.#user = new Float64Array(width);
    this.#pull = new Float64Array(width);
    this.#scores = new Float64Array(size);
  }

  /** Learns histories, each oldest first. The same histories, options and seed give the same vectors. */
  static fit(
    histories: readonly (readonly number[])[],
    size: number,
    seed: number,
    options: HistorySoftmaxOptions = {},
  ): HistorySoftmax {
    const { width, epochs, sample } = { ...(size > EXACT_UP_TO ? LARGE : SMALL), ...options };
    const random = new Random(seed);
    const model = new HistorySoftmax(size, width, random);
    const drawn = sample > 0 ? new NegativeSample(histories, size, sample) : null;
    const places = histories.flatMap((history, h) =>
      history.slice(1).map((_, at) => [h, at + 1] as const),
    );
    for (let epoch = 0; epoch < epochs; epoch++) {
      const step = STEP * (1 - epoch / epochs);
      for (const [h, at] of shuffled(places, random)) {
        model.#learn(histories[h]!, at, step, random, drawn);
      }
    }
    return model;
  }

  /** ln P of each item as a next one, up to a constant; valid until the next call. */
  scores(history: readonly number[]): Float64Array {
    const all = Array.from({ length: min(LOOK_BACK, history.length) }, (_, k) => k);
    this.#sum(history, history.length, all);
    for (let item = 0; item < this.#size; item++) this.#scores[item] = this.#score(item);
    return this.#scores;
  }

  /** u of the items some steps before `at`. */
  #sum(history: readonly number[], at: number, steps: readonly number[]): void {
    this.#user.fill(0);
    for (const k of steps) {
      const from = history[at - 1 - k]! * this.#width;
      const weight = this.#back[k]!;
      for (let x = 0; x < this.#width; x++) this.#user[x]! += weight * this.#from.values[from + x]!;
    }
  }

  #score(item: number): number {
    const { values } = this.#to;
    const from = item * this.#width;
    let sum = this.#bias.values[item]!;
    for (let x = 0; x < this.#width; x++) sum += this.#user[x]! * values[from + x]!;
    return sum;
  }

  #learn(
    history: readonly number[],
    at: number,
    step: number,
    random: Random,
    drawn: NegativeSample | null,
  ): void {
    const steps: number[] = [];
    for (let k = 0; k < min(LOOK_BACK, at); k++) {
      if (k === 0 || random.next() >= LEFT_OUT) steps.push(k);
    }
    this.#sum(history, at, steps);
    const targets = targetsOf(history, at);
    const seen = new Set(history.slice(0, at));
    const { items, corrections } = drawn
      ? drawn.draw(targets, seen, random)
      : { items: this.#others(seen), corrections: null };
    const scores = Float64Array.from(
      items,
      (item, i) => this.#score(item) + (corrections?.[i] ?? 0),
    );
    softmax(scores);
    this.#pull.fill(0);
    for (let i = 0; i < items.length; i++) {
      const gradient = scores[i]! - (targets.get(items[i]!) ?? 0);
      if (abs(gradient) > 1e-5) this.#move(items[i]!, gradient, step);
    }
    this.#moveHistory(history, at, steps, step);
  }

  #others(seen: ReadonlySet<number>): number[] {
    const items: number[] = [];
    for (let item = 0; item < this.#size; item++) if (!seen.has(item)) items.push(item);
    return items;
  }

  /** One step for V_j and b_j, and what it says of u. */
  #move(item: number, gradient: number, step: number): void {
    const { values, squares } = this.#to;
    const from = item * this.#width;
    const shrink = SHRINK * abs(gradient);
    for (let x = 0; x < this.#width; x++) {
      const value = values[from + x]!;
      this.#pull[x]! += gradient * value;
      const own = gradient * this.#user[x]! + shrink * value;
      squares[from + x]! += own * own;
      values[from + x] = value - (step * own) / sqrt(squares[from + x]!);
    }
    this.#bias.squares[item]! += gradient * gradient;
    this.#bias.values[item]! -= (step * gradient) / sqrt(this.#bias.squares[item]!);
  }

  /** One step for each E[h_k] and a_k. */
  #moveHistory(
    history: readonly number[],
    at: number,
    steps: readonly number[],
    step: number,
  ): void {
    const { values, squares } = this.#from;
    for (const k of steps) {
      const from = history[at - 1 - k]! * this.#width;
      let ofStep = 0;
      for (let x = 0; x < this.#width; x++) {
        const value = values[from + x]!;
        ofStep += this.#pull[x]! * value;
        const own = this.#back[k]! * this.#pull[x]! + SHRINK * value;
        squares[from + x]! += own * own;
        values[from + x] = value - (step * own) / sqrt(squares[from + x]!);
      }
      this.#backSquares[k]! += ofStep * ofStep;
      this.#back[k]! -= ((STEP_BACK / STEP) * step * ofStep) / sqrt(this.#backSquares[k]!);
    }
  }
}

interface Vectors {
  readonly values: Float32Array;
  /** Sums of squared gradients. */
  readonly squares: Float32Array;
}

const vectors = (length: number, draw: () => number): Vectors => ({
  values: Float32Array.from({ length }, draw),
  squares: new Float32Array(length).fill(0.01),
});

/** Shares of the next items, which sum to 1. */
function targetsOf(history: readonly number[], at: number): Map<number, number> {
  const next = history.slice(at, at + AHEAD);
  const shares = new Map<number, number>();
  let [weight, total] = [1, 0];
  for (const item of next) {
    shares.set(item, (shares.get(item) ?? 0) + weight);
    total += weight;
    weight *= AHEAD_KEEP;
  }
  for (const [item, share] of shares) shares.set(item, share / total);
  return shares;
}

function softmax(scores: Float64Array): void {
  let most = Number.NEGATIVE_INFINITY;
  for (const score of scores) if (score > most) most = score;
  let total = 0;
  for (let i = 0; i < scores.length; i++) total += exp(scores[i]! - most);
  const all = most + log(total);
  for (let i = 0; i < scores.length; i++) scores[i] = exp(scores[i]! - all);
}
