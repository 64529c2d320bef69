// Powers whose last bits are ours. `**` and Math.pow are not the same in Node 22 and 24 (one value in ten
// has another last bit), and equal hashes are promised on both; so no other file may use them, which
// `npm run check` sees to. Math.exp, log, log1p, log2, sin, cos, tanh and the rest of what we use are
// equal in both (tests/models/power.test.ts).
//
// Only +, −, × and ÷ are used, which IEEE 754 rounds in one way. A number that needs more than 53 bits
// is a pair: a high part and what it lacks (Dekker 1971, "A floating-point technique for extending the
// available precision").

// Looked up once: in a vm context, such as a test runner's, every look-up of a global is slow.
const { abs, max, min, round, pow } = Math;

/** Low part of the last pair; the high part is what a function returns. No pair is allocated. */
let low = 0;

/** @returns a + b as a pair, for |a| ≥ |b| */
function sum(a: number, b: number): number {
  const high = a + b;
  low = b - (high - a);
  return high;
}

const SPLIT = 0x8000001;

/** @returns a × b as a pair */
function product(a: number, b: number): number {
  const high = a * b;
  const bigA = SPLIT * a;
  const ah = bigA - (bigA - a);
  const al = a - ah;
  const bigB = SPLIT * b;
  const bh = bigB - (bigB - b);
  const bl = b - bh;
  low = al * bl - (high - ah * bh - al * bh - ah * bl);
  return high;
}

/** @returns (a + al) × (b + bl) as a pair */
function times(a: number, al: number, b: number, bl: number): number {
  const high = product(a, b);
  return sum(high, low + (a * bl + al * b));
}

/** @returns (a + al) + (b + bl) as a pair */
function plus(a: number, al: number, b: number, bl: number): number {
  const high = a + b;
  const part = high - a;
  return sum(high, a - (high - part) + (b - part) + (al + bl));
}

/** @returns (a + al) / (b + bl) as a pair */
function over(a: number, al: number, b: number, bl: number): number {
  const high = a / b;
  const back = product(high, b);
  return sum(high, (a - back - low + al - high * bl) / b);
}

const { LN2 } = Math;
/** What `LN2` lacks of ln 2. */
const LN2_LOW = 2.3190468138462996e-17;

/** 1/(2k + 1) for k = 0 … 3 as pairs. */
const ODD = [1, 3, 5, 7].map((n) => [over(1, 0, n, 0), low] as const);
/** 1/(2k + 1) for the k after: their terms are below 10⁻⁶ of the whole. */
const ODD_REST = Array.from({ length: 12 }, (_, i) => 1 / (9 + 2 * i));
const SIXTH = over(1, 0, 6, 0);
const SIXTH_LOW = low;
/** 1/n! for n = 4 … 10. */
const FACTORIALS = [24, 120, 720, 5040, 40_320, 362_880, 3_628_800].map((n) => 1 / n);

const view = new DataView(new ArrayBuffer(8));

/** @returns ln x as a pair, for a positive finite x: 2 artanh((m − 1)/(m + 1)) + e ln 2, x = m 2^e */
function logarithm(x: number): number {
  const isSubnormal = x < 2.2250738585072014e-308;
  view.setFloat64(0, isSubnormal ? x * 18014398509481984 : x);
  const head = view.getInt32(0);
  let e = (head >> 20) - 1023 - (isSubnormal ? 54 : 0);
  view.setInt32(0, (head & 0xfffff) | 0x3ff00000);
  let m = view.getFloat64(0);
  if (m > Math.SQRT2) {
    m /= 2;
    e += 1;
  }
  const below = sum(max(m, 1), min(m, 1));
  const t = over(m - 1, 0, below, low);
  const tl = low;
  const square = times(t, tl, t, tl);
  const sl = low;
  let rest = 0;
  for (let i = ODD_REST.length - 1; i >= 0; i--) rest = rest * square + ODD_REST[i]!;
  let series = rest;
  let seriesLow = 0;
  for (let k = 3; k >= 0; k--) {
    const scaled = times(series, seriesLow, square, sl);
    series = plus(ODD[k]![0], ODD[k]![1], scaled, low);
    seriesLow = low;
  }
  const artanh = times(t, tl, series, seriesLow);
  const al = low;
  const twos = times(e, 0, LN2, LN2_LOW);
  return plus(twos, low, 2 * artanh, 2 * al);
}

/** @returns e^(a + al), for a pair; e^r − 1 of the remainder by Taylor at r/16, doubled four times */
function exponential(a: number, al: number): number {
  if (a > 710) return Number.POSITIVE_INFINITY;
  if (a < -746) return 0;
  const k = round(a / LN2);
  const off = times(-k, 0, LN2, LN2_LOW);
  let r = plus(a, al, off, low) / 16;
  let rl = low / 16;
  let tail = 0;
  for (let i = FACTORIALS.length - 1; i >= 0; i--) tail = tail * r + FACTORIALS[i]!;
  let p = plus(SIXTH, SIXTH_LOW, tail * r, 0);
  p = times(p, low, r, rl);
  p = plus(0.5, 0, p, low);
  p = times(p, low, r, rl);
  p = times(p, low, r, rl);
  p = plus(r, rl, p, low);
  let pl = low;
  for (let i = 0; i < 4; i++) {
    r = times(p, pl, p, pl);
    rl = low;
    p = plus(2 * p, 2 * pl, r, rl);
    pl = low;
  }
  const value = plus(1, 0, p, pl);
  // 2^k in two steps: each is a number, though 2^1024 and 2^−1075 are none.
  const half = k >> 1;
  return value * exact(half) * exact(k - half);
}

/** @returns 2^k for −1022 ≤ k ≤ 1023 */
function exact(k: number): number {
  view.setInt32(0, (k + 1023) << 20);
  view.setInt32(4, 0);
  return view.getFloat64(0);
}

/**
 * x^y, the same bits in every Node; off by at most .501 units in the last place, by 1 below 2^−1022.
 * What is not finite or not positive is as Math.pow has it, whose rule for it leaves no choice.
 */
export function power(x: number, y: number): number {
  if (x < 0 && Number.isFinite(x) && Number.isInteger(y)) {
    const value = power(-x, y);
    return y % 2 === 0 ? value : -value;
  }
  if (!(x > 0 && x < Number.POSITIVE_INFINITY) || !Number.isFinite(y)) return pow(x, y);
  if (x === 1 || y === 0) return 1;
  const log = logarithm(x);
  // Beyond this the result is 0 or infinite, and the product below would be too large to split.
  if (abs(y) > 1e20) return log > 0 === y > 0 ? Number.POSITIVE_INFINITY : 0;
  const exponent = times(log, low, y, 0);
  return exponential(exponent, low);
}

/** x². */
export const square = (x: number): number => x * x;
