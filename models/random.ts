// The one place for seeds, hashes and draws: same seed, same numbers, on every machine.

// Looked up once: in a vm context, such as a test runner's, every look-up of a global is slow.
const { floor, imul } = Math;

/** The generator xoshiro128** 1.1 (Blackman & Vigna 2018), seeded by splitmix32. */
export class Random {
  #a: number;
  #b: number;
  #c: number;
  #d: number;

  /** @param seed any integer up to 2^53 in size; both halves count */
  constructor(seed: number) {
    let state = mix32((seed | 0) ^ mix32(floor(seed / 0x1_0000_0000) | 0));
    const split = () => {
      state = (state + 0x9e3779b9) | 0;
      return mix32(state);
    };
    this.#a = split();
    this.#b = split();
    this.#c = split();
    this.#d = split() | 1;
  }

  /** A number drawn uniformly from the unsigned 32-bit integers. */
  uint32(): number {
    const scaled = imul(this.#b, 5);
    const result = imul((scaled << 7) | (scaled >>> 25), 9) >>> 0;
    const shifted = this.#b << 9;
    this.#c ^= this.#a;
    this.#d ^= this.#b;
    this.#b ^= this.#c;
    this.#a ^= this.#d;
    this.#c ^= shifted;
    this.#d = (this.#d << 11) | (this.#d >>> 21);
    return result;
  }

  /** A number drawn uniformly from [0, 1), with 53 bits. */
  next(): number {
    const high = this.uint32() >>> 5;
    const low = this.uint32() >>> 6;
    return (high * 67108864 + low) / 9007199254740992;
  }

  /** A number drawn uniformly from 0 … n − 1. */
  below(n: number): number {
    return floor(this.next() * n);
  }
}

/** A copy of the values in an order drawn at random (Fisher & Yates; Durstenfeld 1964). */
export function shuffled<T>(values: readonly T[], random: Random): T[] {
  const order = [...values];
  for (let i = order.length - 1; i > 0; i--) {
    const j = random.below(i + 1);
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return order;
}

/** The bijective finaliser of MurmurHash3: every input bit reaches every output bit. */
export function mix32(value: number): number {
  let h = value | 0;
  h = imul(h ^ (h >>> 16), 0x85ebca6b);
  h = imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) | 0;
}

/** The hash MurmurHash3 x86-32 (Appleby) of a text's UTF-16 code units, two a block; unsigned. */
export function hash32(text: string, seed = 0): number {
  let h = seed | 0;
  const even = text.length & ~1;
  for (let i = 0; i < even; i += 2) {
    h ^= scramble(text.charCodeAt(i) | (text.charCodeAt(i + 1) << 16));
    h = (h << 13) | (h >>> 19);
    h = (imul(h, 5) + 0xe6546b64) | 0;
  }
  if (text.length > even) h ^= scramble(text.charCodeAt(even));
  return mix32(h ^ (text.length * 2)) >>> 0;
}

function scramble(block: number): number {
  const k = imul(block, 0xcc9e2d51);
  return imul((k << 15) | (k >>> 17), 0x1b873593);
}
