// Reads the records of a fetch in one pass, leaving out those of aborted transactions and the markers.
// Format: https://kafka.apache.org/documentation/#recordbatch
import { MillraceError } from '../../../schemas/errors.ts';
import { cutShort, decompress } from './compression.ts';

const headerBytes = 61;
const transactionalFlag = 0x10;
const controlFlag = 0x20;
const logAppendFlag = 0x8;
const compressionMask = 7;

/** One record as it came; its bytes are views of the fetch. */
export class FetchedRecord {
  readonly offset: number;
  /** Timestamp of the record, ms since the epoch. */
  readonly timestamp: number;
  private readonly bytes: Buffer;
  private readonly keyAt: number;
  private readonly keyBytes: number;
  private readonly valueAt: number;
  private readonly valueBytes: number;

  constructor(
    offset: number,
    timestamp: number,
    bytes: Buffer,
    keyAt: number,
    keyBytes: number,
    valueAt: number,
    valueBytes: number,
  ) {
    this.offset = offset;
    this.timestamp = timestamp;
    this.bytes = bytes;
    this.keyAt = keyAt;
    this.keyBytes = keyBytes;
    this.valueAt = valueAt;
    this.valueBytes = valueBytes;
  }

  /** Size of key and value, bytes. */
  get size(): number {
    return Math.max(0, this.keyBytes) + Math.max(0, this.valueBytes);
  }

  get key(): Buffer | null {
    if (this.keyBytes < 0) return null;
    return this.bytes.subarray(this.keyAt, this.keyAt + this.keyBytes);
  }

  get value(): Buffer | null {
    if (this.valueBytes < 0) return null;
    return this.bytes.subarray(this.valueAt, this.valueAt + this.valueBytes);
  }

  /** Value of the first header of a name; undefined if there is none, null if it has no value. */
  header(name: string): Buffer | null | undefined {
    const cursor = new Cursor(this.bytes, this.valueAt + Math.max(0, this.valueBytes));
    for (let left = cursor.varInt(); left > 0; left--) {
      const found = cursor.take(cursor.varInt())!.toString();
      const value = cursor.take(cursor.varInt());
      if (found === name) return value;
    }
    return undefined;
  }
}

export interface AbortedTransaction {
  readonly producerId: bigint;
  readonly firstOffset: number;
}

export interface ReadBatches {
  readonly records: FetchedRecord[];
  /** Offset after the last complete batch, whatever was in it; `from` if none was complete. */
  readonly next: number;
}

/**
 * Records from offset `from` on. A batch the broker cut short at the end of its answer is left for the
 * next fetch.
 * @throws MillraceError `compression-unsupported`
 */
export function readBatches(
  bytes: Buffer,
  from: number,
  abortedTransactions: readonly AbortedTransaction[],
): ReadBatches {
  const records: FetchedRecord[] = [];
  const ahead = [...abortedTransactions].sort((a, b) => a.firstOffset - b.firstOffset);
  const aborted = new Set<bigint>();
  let next = from;
  let at = 0;
  while (at + headerBytes <= bytes.length) {
    const end = at + 12 + bytes.readInt32BE(at + 8);
    if (end > bytes.length) break;
    if (bytes[at + 16] !== 2) throw oldFormat(bytes[at + 16]!);
    const base = Number(bytes.readBigInt64BE(at));
    const last = base + bytes.readInt32BE(at + 23);
    const attributes = bytes.readInt16BE(at + 21);
    const producerId = bytes.readBigInt64BE(at + 43);
    while (ahead.length > 0 && ahead[0]!.firstOffset <= last) {
      aborted.add(ahead.shift()!.producerId);
    }
    // The marker that ends a transaction is the producer's own next control batch.
    if (attributes & controlFlag) aborted.delete(producerId);
    else if (!(attributes & transactionalFlag && aborted.has(producerId))) {
      readRecords(bytes, at, end, attributes, base, from, records);
    }
    next = last + 1;
    at = end;
  }
  return { records, next: Math.max(next, from) };
}

function readRecords(
  batch: Buffer,
  batchAt: number,
  batchEnd: number,
  attributes: number,
  base: number,
  from: number,
  into: FetchedRecord[],
): void {
  const first = Number(batch.readBigInt64BE(batchAt + 27));
  const appended =
    attributes & logAppendFlag ? Number(batch.readBigInt64BE(batchAt + 35)) : undefined;
  const count = batch.readInt32BE(batchAt + 57);
  const packed = attributes & compressionMask;
  const cursor = packed
    ? new Cursor(decompress(packed, batch.subarray(batchAt + headerBytes, batchEnd)), 0)
    : new Cursor(batch, batchAt + headerBytes);
  for (let i = 0; i < count; i++) {
    const length = cursor.varInt();
    const end = cursor.at + length;
    cursor.at++; // attributes of the record: none are defined
    const delta = cursor.varLong();
    const offset = base + cursor.varInt();
    const keyBytes = cursor.varInt();
    const keyAt = cursor.at;
    if (keyBytes > 0) cursor.at += keyBytes;
    const valueBytes = cursor.varInt();
    if (offset >= from) {
      const timestamp = appended ?? first + delta;
      const { bytes, at } = cursor;
      into.push(new FetchedRecord(offset, timestamp, bytes, keyAt, keyBytes, at, valueBytes));
    }
    cursor.at = end; // past the headers, which are read when somebody asks
  }
  if (packed && cursor.at !== cursor.bytes.length) throw cutShort(packed);
}

class Cursor {
  readonly bytes: Buffer;
  at: number;

  constructor(bytes: Buffer, at: number) {
    this.bytes = bytes;
    this.at = at;
  }

  /** The next bytes; null for a negative number. */
  take(count: number): Buffer | null {
    if (count < 0) return null;
    this.at += count;
    return this.bytes.subarray(this.at - count, this.at);
  }

  /** Zigzag, base 128, 32 bits. */
  varInt(): number {
    let value = 0;
    let shift = 0;
    let byte: number;
    do {
      byte = this.bytes[this.at++]!;
      value |= (byte & 0x7f) << shift;
      shift += 7;
    } while (byte > 0x7f);
    return (value >>> 1) ^ -(value & 1);
  }

  /** A number as `varInt` reads it, of up to 64 bits; exact up to 2⁵³. */
  varLong(): number {
    let low = 0;
    let scale = 1;
    let byte: number;
    do {
      byte = this.bytes[this.at++]!;
      low += (byte & 0x7f) * scale;
      scale *= 128;
    } while (byte > 0x7f);
    return low % 2 === 0 ? low / 2 : -(low + 1) / 2;
  }
}

function oldFormat(magic: number): MillraceError {
  return new MillraceError({
    code: 'record-format-old',
    what: `A topic holds records in the format ${magic}, older than Kafka 0.11.`,
    why: 'Such records know no transactions.',
    todo: 'Copy the topic with a current client, and read the copy.',
  });
}
