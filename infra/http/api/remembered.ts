// The keys that were used lately, with what they were used for: the same key with the same content is not
// done twice, and with other content it is an error.
import { createHash } from 'node:crypto';

/** Number of keys that are remembered. */
const most = 100_000;

/** A digest of content: equal for equal JSON values with their fields in the same order. */
export function digestOf(content: unknown): string {
  return createHash('sha256').update(JSON.stringify(content)).digest('base64url');
}

interface Used<V> {
  readonly digest: string;
  readonly value: V;
}

export class Remembered<V> {
  private readonly used = new Map<string, Used<V>>();

  /** What a key was used for; undefined for a new key. */
  get(key: string): Used<V> | undefined {
    return this.used.get(key);
  }

  put(key: string, digest: string, value: V): void {
    this.used.delete(key);
    this.used.set(key, { digest, value });
    if (this.used.size <= most) return;
    const oldest = this.used.keys().next().value;
    if (oldest !== undefined) this.used.delete(oldest);
  }

  /** Forgets a key, if it still stands for the value. */
  forget(key: string, value: V): void {
    if (this.used.get(key)?.value === value) this.used.delete(key);
  }
}
