// The content of a table in one canonical form: two tables are equal if their hashes are.
import { createHash } from 'node:crypto';
import { type Codec, headerBytes } from '../../schemas/codec.ts';

/** Largest number of differing keys that are named. */
const named = 5;

export interface Difference {
  /**
   * Number of keys only in the first content, only in the second, and in both with different
   * values.
   */
  readonly missing: number;
  readonly extra: number;
  readonly changed: number;
  /** The first of the keys that differ. */
  readonly keys: readonly string[];
}

interface Row {
  readonly partition: number;
  readonly key: string;
  readonly value: Buffer;
}

export class Content {
  private readonly rows = new Map<string, Row>();

  /**
   * Puts a value, written by the current schema: a record of another version of the schema counts
   * as the same value.
   */
  put(partition: number, key: string, event: unknown, codec: Codec): void {
    this.putBytes(partition, key, codec.encode(event).subarray(headerBytes));
  }

  /** Puts bytes as they are, such as those of a record that cannot be read. */
  putBytes(partition: number, key: string, value: Buffer): void {
    this.rows.set(`${partition}/${key}`, { partition, key, value });
  }

  delete(partition: number, key: string): void {
    this.rows.delete(`${partition}/${key}`);
  }

  get size(): number {
    return this.rows.size;
  }

  /**
   * Hash of every row in order of partition and key: partition, lengths (32 bits, big-endian), key
   * and value.
   */
  sha256(): string {
    const hash = createHash('sha256');
    const head = Buffer.alloc(12);
    const rows = [...this.rows.values()].map((row) => ({ ...row, key: Buffer.from(row.key) }));
    rows.sort((a, b) => a.partition - b.partition || Buffer.compare(a.key, b.key));
    for (const { partition, key, value } of rows) {
      head.writeUInt32BE(partition, 0);
      head.writeUInt32BE(key.length, 4);
      head.writeUInt32BE(value.length, 8);
      hash.update(head).update(key).update(value);
    }
    return hash.digest('hex');
  }

  /** How another content differs from this one. */
  differenceTo(other: Content): Difference {
    const keys: string[] = [];
    const count = { missing: 0, extra: 0, changed: 0 };
    const found = (kind: keyof typeof count, { key }: Row) => {
      count[kind]++;
      if (keys.length < named) keys.push(key);
    };
    for (const [id, row] of this.rows) {
      const value = other.rows.get(id)?.value;
      if (!value) found('missing', row);
      else if (!value.equals(row.value)) found('changed', row);
    }
    for (const [id, row] of other.rows) if (!this.rows.has(id)) found('extra', row);
    return { ...count, keys };
  }
}
