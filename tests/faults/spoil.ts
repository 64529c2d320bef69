// Damage to the files in which a worker keeps its state.
import {
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { Random } from '../../models/random.ts';

const data = /\.mdb$/;

/** What a disk loses or tears is whole pages; memory flips single bits. */
const pageBytes = 4_096;

/** Truncates, overwrites three pages of, flips a bit of, or removes about every other data file under `dir`. @returns how many */
export function spoil(dir: string | undefined, random: Random): number {
  if (dir === undefined || !existsSync(dir)) return 0;
  const names = readdirSync(dir, { recursive: true, encoding: 'utf8' });
  const files = names.filter((name) => data.test(name)).map((name) => join(dir, name));
  const hit = files.sort().filter(() => random.below(2) === 0);
  for (const file of hit) {
    const bytes = readFileSync(file);
    const how = random.below(4);
    if (how === 0) rmSync(file);
    else if (how === 1) truncateSync(file, random.below(bytes.length + 1));
    else if (how === 2) {
      bytes[random.below(bytes.length)]! ^= 1 << random.below(8);
      writeFileSync(file, bytes);
    } else {
      const page = random.below(Math.ceil(bytes.length / pageBytes)) * pageBytes;
      for (let i = page; i < Math.min(page + 3 * pageBytes, bytes.length); i++) {
        bytes[i] = random.below(256);
      }
      writeFileSync(file, bytes);
    }
  }
  return hit.length;
}
