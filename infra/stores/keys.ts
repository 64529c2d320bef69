// Keys of a store as LMDB holds them: a byte for their kind, then UTF-8. LMDB takes 1,978 bytes; a
// longer key is held by its SHA-256, and written in full before its value.
import { createHash } from 'node:crypto';

const longest = 1977;

/** First bytes of keys, by kind. */
const metadata = 0;
const inFull = 1;
const digested = 2;

export const metadataKey = (name: string) => Buffer.from([metadata, ...Buffer.from(name)]);

/** The first key of the store's own, after those of its metadata. */
export const firstKey = Buffer.from([inFull]);

/** Whether a key is longer than LMDB allows. */
export function isLong(key: string): boolean {
  // A character has three bytes at most, so most keys need not be measured.
  return key.length * 3 > longest && Buffer.byteLength(key) > longest;
}

export const keyEncoder = {
  writeKey(key: string | Uint8Array, target: Buffer, at: number): number {
    if (typeof key !== 'string') {
      target.set(key, at);
      return at + key.length;
    }
    const long = isLong(key);
    target[at] = long ? digested : inFull;
    if (!long) return at + 1 + target.write(key, at + 1);
    const digest = createHash('sha256').update(key).digest();
    target.set(digest, at + 1);
    return at + 1 + digest.length;
  },
  /** The key; undefined for a long key, which stands before its value. */
  readKey(source: Buffer, start: number, end: number): string | undefined {
    return source[start] === inFull ? source.toString('utf8', start + 1, end) : undefined;
  },
};
