// CityHash128 in the version that ClickHouse froze (1.0.2): the checksum of its compressed frames.
// Source: Geoff Pike and Jyrki Alakuijala, cityhash 1.0.2, `CityHash128`.

const k0 = 0xc3a5c85c97cb3127n;
const k1 = 0xb492b66fbe98f273n;
const k2 = 0x9ae16a3b2f90404fn;
const k3 = 0xc949d7c7509e6557n;
const kMul = 0x9ddfea08eb382d69n;

const u64 = (value: bigint) => BigInt.asUintN(64, value);
const rotate = (value: bigint, by: bigint) =>
  by === 0n ? value : u64((value >> by) | (value << (64n - by)));
const shiftMix = (value: bigint) => value ^ (value >> 47n);

function hash128to64(low: bigint, high: bigint): bigint {
  const a = shiftMix(u64((low ^ high) * kMul));
  const b = shiftMix(u64((high ^ a) * kMul));
  return u64(b * kMul);
}

type Pair = readonly [bigint, bigint];

/** @returns low and high half, each 64 bits without sign */
export function cityHash128(bytes: Buffer): Pair {
  const length = bytes.length;
  if (length >= 16) {
    const seed: Pair = [bytes.readBigUInt64LE(0) ^ k3, bytes.readBigUInt64LE(8)];
    return withSeed(bytes.subarray(16), seed);
  }
  if (length >= 8) {
    const mixed = u64(BigInt(length) * k0);
    return withSeed(Buffer.alloc(0), [
      bytes.readBigUInt64LE(0) ^ mixed,
      bytes.readBigUInt64LE(length - 8) ^ k1,
    ]);
  }
  return withSeed(bytes, [k0, k1]);
}

function hashTo16(bytes: Buffer): bigint {
  const length = bytes.length;
  if (length > 8) {
    const a = bytes.readBigUInt64LE(0);
    const b = bytes.readBigUInt64LE(length - 8);
    const by = BigInt(length);
    return hash128to64(a, rotate(u64(b + by), by)) ^ b;
  }
  if (length >= 4) {
    const a = BigInt(bytes.readUInt32LE(0));
    return hash128to64(u64(BigInt(length) + (a << 3n)), BigInt(bytes.readUInt32LE(length - 4)));
  }
  if (length > 0) {
    const y = BigInt(bytes[0]! + (bytes[length >> 1]! << 8));
    const z = BigInt(length + (bytes[length - 1]! << 2));
    return u64(shiftMix(u64(y * k2) ^ u64(z * k3)) * k2);
  }
  return k2;
}

/** CityMurmur, for fewer than 128 bytes. */
function short(bytes: Buffer, [low, high]: Pair): Pair {
  let a = low;
  let b = high;
  let c: bigint;
  let d: bigint;
  const length = bytes.length;
  if (length <= 16) {
    a = u64(shiftMix(u64(a * k1)) * k1);
    c = u64(u64(b * k1) + hashTo16(bytes));
    d = shiftMix(u64(a + (length >= 8 ? bytes.readBigUInt64LE(0) : c)));
  } else {
    c = hash128to64(u64(bytes.readBigUInt64LE(length - 8) + k1), a);
    d = hash128to64(u64(b + BigInt(length)), u64(c + bytes.readBigUInt64LE(length - 16)));
    a = u64(a + d);
    for (let at = 0; at < length - 16; at += 16) {
      a = u64((a ^ u64(shiftMix(u64(bytes.readBigUInt64LE(at) * k1)) * k1)) * k1);
      b ^= a;
      c = u64((c ^ u64(shiftMix(u64(bytes.readBigUInt64LE(at + 8) * k1)) * k1)) * k1);
      d ^= c;
    }
  }
  a = hash128to64(a, c);
  b = hash128to64(d, b);
  return [a ^ b, hash128to64(b, a)];
}

/** The 64-bit words of the bytes; a copy only where they do not lie on a boundary of 8. */
function wordsOf(bytes: Buffer): BigUint64Array {
  const whole = bytes.byteOffset % 8 === 0 ? bytes : new Uint8Array(bytes);
  return new BigUint64Array(whole.buffer, whole.byteOffset, bytes.length >> 3);
}

/** x, y, z, both halves of v and of w, as the rounds leave them. */
type State = BigUint64Array;

// The rounds stand in one flat function over typed arrays: only so does the engine of JavaScript keep
// the numbers in registers, at a gigabyte a second where calls with tuples reach two megabytes.
function rounds(word: BigUint64Array, count: number, state: State): void {
  let x = state[0]!;
  let y = state[1]!;
  let z = state[2]!;
  let v0 = state[3]!;
  let v1 = state[4]!;
  let w0 = state[5]!;
  let w1 = state[6]!;
  for (let at = 0; at < count; at += 8) {
    const p = BigInt.asUintN(64, x + y + v0 + word[at + 2]!);
    const q = BigInt.asUintN(64, y + v1 + word[at + 6]!);
    const p2 = BigInt.asUintN(64, (p >> 37n) | (p << 27n));
    const newX = BigInt.asUintN(64, BigInt.asUintN(64, p2 * k1) ^ w1);
    const q2 = BigInt.asUintN(64, (q >> 42n) | (q << 22n));
    y = BigInt.asUintN(64, BigInt.asUintN(64, q2 * k1) ^ v0);
    const r = BigInt.asUintN(64, z ^ w0);
    z = BigInt.asUintN(64, (r >> 33n) | (r << 31n));
    // WeakHashLen32WithSeeds, of the first and of the second half of these 64 bytes.
    const a = BigInt.asUintN(64, BigInt.asUintN(64, v1 * k1) + word[at]!);
    const b = BigInt.asUintN(64, newX + w0 + a + word[at + 3]!);
    const c = BigInt.asUintN(64, a + word[at + 1]! + word[at + 2]!);
    v0 = BigInt.asUintN(64, c + word[at + 3]!);
    v1 = BigInt.asUintN(
      64,
      BigInt.asUintN(64, (b >> 21n) | (b << 43n)) + BigInt.asUintN(64, (c >> 44n) | (c << 20n)) + a,
    );
    const d = BigInt.asUintN(64, z + w1 + word[at + 4]!);
    const e = BigInt.asUintN(64, y + d + word[at + 7]!);
    const f = BigInt.asUintN(64, d + word[at + 5]! + word[at + 6]!);
    w0 = BigInt.asUintN(64, f + word[at + 7]!);
    w1 = BigInt.asUintN(
      64,
      BigInt.asUintN(64, (e >> 21n) | (e << 43n)) + BigInt.asUintN(64, (f >> 44n) | (f << 20n)) + d,
    );
    x = z;
    z = newX;
  }
  state[0] = x;
  state[1] = y;
  state[2] = z;
  state[3] = v0;
  state[4] = v1;
  state[5] = w0;
  state[6] = w1;
}

function withSeed(bytes: Buffer, seed: Pair): Pair {
  const length = bytes.length;
  if (length < 128) return short(bytes, seed);
  const word = wordsOf(bytes);
  const state = new BigUint64Array(7);
  {
    const [x, y] = seed;
    const z = u64(BigInt(length) * k1);
    const v = u64(rotate(y ^ k1, 49n) * k1 + word[0]!);
    state.set([x, y, z, v, u64(rotate(v, 42n) * k1 + word[1]!)]);
    state[5] = u64(rotate(u64(y + z), 35n) * k1 + x);
    state[6] = u64(rotate(u64(x + word[11]!), 53n) * k1);
  }
  rounds(word, (length - (length % 128)) >> 3, state);
  let [x, y, z, v0, v1, w0, w1] = state as unknown as [
    bigint,
    bigint,
    bigint,
    bigint,
    bigint,
    bigint,
    bigint,
  ];
  y = u64(y + u64(rotate(w0, 37n) * k0) + z);
  x = u64(x + u64(rotate(u64(v0 + z), 49n) * k0));
  for (let done = 32; done - 32 < length % 128; done += 32) {
    const from = length - done;
    const at = (offset: number) => bytes.readBigUInt64LE(from + offset);
    y = u64(u64(rotate(u64(y - x), 42n) * k0) + v1);
    w0 = u64(w0 + at(16));
    x = u64(u64(rotate(x, 49n) * k0) + w0);
    w0 = u64(w0 + v0);
    const a = u64(v0 + at(0));
    const b = rotate(u64(v1 + a + at(24)), 21n);
    const c = u64(a + at(8) + at(16));
    v0 = u64(c + at(24));
    v1 = u64(b + rotate(c, 44n) + a);
  }
  x = hash128to64(x, v0);
  y = hash128to64(y, w0);
  return [u64(hash128to64(u64(x + v1), w1) + y), hash128to64(u64(x + w1), u64(y + v1))];
}
