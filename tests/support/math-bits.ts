// Hashes of the bits that functions of numbers give at 20,000 places: equal hashes are promised on every
// Node that is let in, so these must be equal too.
import { createHash } from 'node:crypto';
import { power } from '../../models/power.ts';
import { Random } from '../../models/random.ts';

type Places = readonly [f: (x: number) => number, low: number, high: number];

/** Every function of Math that the product uses beyond +, −, ×, ÷, √ and rounding. */
const functions: Readonly<Record<string, Places>> = {
  power: [(x) => power(x, 1.7 - x), 0, 30],
  'exp, far': [Math.exp, -700, 700],
  'exp, near': [Math.exp, -2, 2],
  log: [Math.log, 0, 50],
  log1p: [Math.log1p, -0.9, 50],
  log2: [Math.log2, 0, 50],
  cos: [Math.cos, 0, 7],
  sin: [Math.sin, 0, 7],
  hypot: [(x) => Math.hypot(x, 1), -9, 9],
};

/** By function, the first 64 bits of the SHA-256 of its values, as doubles of little endian. */
export function mathBits(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(functions).map(([name, [f, low, high]]) => {
      const random = new Random(7);
      const values = new DataView(new ArrayBuffer(8 * 20_000));
      for (let at = 0; at < values.byteLength; at += 8) {
        values.setFloat64(at, f(low + (high - low) * random.next()), true);
      }
      const hash = createHash('sha256').update(new Uint8Array(values.buffer)).digest('hex');
      return [name, hash.slice(0, 16)];
    }),
  );
}
