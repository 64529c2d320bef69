// x^y to 60 digits by BigInt, and how many units in the last place a number is off from it. Written for
// the test of models/power.ts; slow, and of another kind than what it tests: fixed point, plain series.

/** Binary digits after the point. */
const DIGITS = 200n;
const ONE = 1n << DIGITS;

/** A number m · 2^e of a large mantissa. */
interface Exact {
  readonly mantissa: bigint;
  readonly exponent: number;
}

/** The mantissa as an integer of 53 binary digits, and the power of two that goes with it. */
function split(x: number): Exact {
  let exponent = 0;
  while (Math.abs(x) >= 2 && Number.isFinite(x)) [x, exponent] = [x / 2, exponent + 1];
  while (Math.abs(x) < 1 && x !== 0) [x, exponent] = [x * 2, exponent - 1];
  return { mantissa: BigInt(x * 4503599627370496), exponent: exponent - 52 };
}

const multiply = (a: bigint, b: bigint) => (a * b) >> DIGITS;

/** ln of a fixed-point number between 1 and 2: 2 artanh((m − 1)/(m + 1)). */
function logarithm(m: bigint): bigint {
  const t = ((m - ONE) << DIGITS) / (m + ONE);
  const square = multiply(t, t);
  let [sum, term] = [0n, t];
  for (let n = 1n; term !== 0n; n += 2n) {
    sum += term / n;
    term = multiply(term, square);
  }
  return 2n * sum;
}

const LN2 = logarithm(2n * ONE);

/** @param x positive and finite */
export function exactPower(x: number, y: number): Exact {
  const { mantissa, exponent } = split(x);
  const log = logarithm(mantissa << (DIGITS - 52n)) + BigInt(exponent + 52) * LN2;
  const by = split(y);
  const product = log * by.mantissa;
  const whole = by.exponent >= 0 ? product << BigInt(by.exponent) : product >> BigInt(-by.exponent);
  const twos = whole / LN2;
  const rest = whole - twos * LN2;
  let [sum, term] = [0n, ONE];
  for (let n = 1n; term !== 0n; n++) {
    sum += term;
    term = multiply(term, rest) / n;
  }
  return { mantissa: sum, exponent: Number(twos) - Number(DIGITS) };
}

/** Distance in units in the last place of the number (5e-324 where it is subnormal). */
export function ulps(value: number, exact: Exact): number {
  const own = split(value);
  // Units of 2^−1074 at the least.
  const unit = Math.max(own.exponent, -1074);
  const by = BigInt(unit - exact.exponent);
  const mine = own.mantissa << BigInt(Math.max(0, own.exponent - exact.exponent));
  const gap = mine > exact.mantissa ? mine - exact.mantissa : exact.mantissa - mine;
  return Number((gap << 40n) >> by) / 1_099_511_627_776;
}
