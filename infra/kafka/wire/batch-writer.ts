// Writes records into a record batch in one pass (Kafka's format 2, the one with magic 2). The client's
// own writer makes several buffers a record and sums them in JavaScript; measured, it was more than
// half the cost of a transaction.
// Format: https://kafka.apache.org/documentation/#recordbatch
import { crc32c } from '@node-rs/crc32';

/** Number of bytes before the first record. */
const headerBytes = 61;
/** Offset of the first byte that the checksum covers; it covers all bytes after it. */
const crcAt = 17;
const attributesAt = 21;

/** Bytes for the parts of a record other than key, value and headers: lengths and deltas. */
const overheadBytes = 48;
/** Bytes for the lengths of a header's parts. */
const headerOverheadBytes = 10;

export const noHeaders: readonly RecordHeader[] = Object.freeze([]);

const transactionalFlag = 0x10;

/** A header of a record. */
export interface RecordHeader {
  readonly name: Buffer;
  readonly value: Buffer;
}

export interface ProducerIdentity {
  readonly producerId: bigint;
  readonly producerEpoch: number;
}

/**
 * Writes a value into a buffer from an offset on.
 * @returns the end; if negative, the buffer is short by that many bytes
 */
export type WriteValue = (target: Buffer, at: number) => number;

/**
 * Scratch buffer of all writers of this thread. A record's length stands before it, so a record is
 * made here first.
 */
let scratch = Buffer.allocUnsafe(64 * 1024);

export class BatchWriter {
  count = 0;
  private buffer: Buffer;
  private end = headerBytes;
  private firstTimestamp = 0;
  private maxTimestamp = 0;

  constructor(initialBytes = 16 * 1024) {
    this.buffer = Buffer.allocUnsafe(initialBytes);
  }

  /** Size of the batch so far, bytes. */
  get bytes(): number {
    return this.end;
  }

  /**
   * Adds a record; `timestamp` in ms. Whoever adds knows that it fits.
   * @param value writes the value into a buffer, or is the value; `null` is a tombstone
   */
  append(
    key: Buffer,
    timestamp: number,
    value: Buffer | null,
    headers: readonly RecordHeader[] = noHeaders,
  ): void {
    if (this.count === 0) {
      this.firstTimestamp = timestamp;
      this.maxTimestamp = timestamp;
    } else if (timestamp > this.maxTimestamp) this.maxTimestamp = timestamp;
    const valueBytes = value === null ? 0 : value.length;
    this.ensure(overheadBytes + key.length + valueBytes + bytesOf(headers));
    // The body is written after the most its length can take, then moved to where it ends.
    const { buffer } = this;
    const start = this.end;
    let at = start + 5;
    buffer[at++] = 0; // attributes of the record: none are defined
    at = writeVarLong(buffer, at, timestamp - this.firstTimestamp);
    at = writeVarInt(buffer, at, this.count);
    at = writeVarInt(buffer, at, key.length);
    key.copy(buffer, at);
    at += key.length;
    at = writeVarInt(buffer, at, value === null ? -1 : valueBytes);
    if (value !== null) {
      value.copy(buffer, at);
      at += valueBytes;
    }
    at = writeHeaders(buffer, at, headers);
    const body = at - start - 5;
    const bodyAt = writeVarInt(buffer, start, body);
    if (bodyAt < start + 5) buffer.copyWithin(bodyAt, start + 5, at);
    this.end = bodyAt + body;
    this.count++;
  }

  /** The finished batch; the writer may not be used after it. */
  finish(identity: ProducerIdentity, firstSequence: number, transactional: boolean): Buffer {
    const { buffer, end } = this;
    buffer.writeBigInt64BE(0n, 0); // base offset: the broker's to fill in
    buffer.writeInt32BE(end - 12, 8);
    buffer.writeInt32BE(-1, 12); // partition leader epoch: not known
    buffer[16] = 2;
    buffer.writeInt16BE(transactional ? transactionalFlag : 0, attributesAt);
    buffer.writeInt32BE(this.count - 1, 23);
    buffer.writeBigInt64BE(BigInt(this.firstTimestamp), 27);
    buffer.writeBigInt64BE(BigInt(this.maxTimestamp), 35);
    buffer.writeBigInt64BE(identity.producerId, 43);
    buffer.writeInt16BE(identity.producerEpoch, 51);
    buffer.writeInt32BE(firstSequence, 53);
    buffer.writeInt32BE(this.count, 57);
    buffer.writeUInt32BE(crc32c(buffer.subarray(attributesAt, end)), crcAt);
    return buffer.subarray(0, end);
  }

  private ensure(more: number): void {
    if (this.end + more <= this.buffer.length) return;
    const larger = Buffer.allocUnsafe(Math.max(2 * this.buffer.length, this.end + more));
    this.buffer.copy(larger, 0, 0, this.end);
    this.buffer = larger;
  }
}

/** Runs a writer of values on the scratch buffer. The result is valid until the next call. */
export function written(write: WriteValue): Buffer {
  let end = write(scratch, 0);
  if (end < 0) {
    scratch = Buffer.allocUnsafe(2 * (scratch.length - end));
    end = write(scratch, 0);
  }
  return scratch.subarray(0, end);
}

/** @returns where the next byte goes */
function writeHeaders(target: Buffer, at: number, headers: readonly RecordHeader[]): number {
  let to = writeVarInt(target, at, headers.length);
  for (const { name, value } of headers) to = writePart(target, writePart(target, to, name), value);
  return to;
}

function writePart(target: Buffer, at: number, part: Buffer): number {
  const to = writeVarInt(target, at, part.length);
  part.copy(target, to);
  return to + part.length;
}

/** Largest size of headers in a record, bytes. */
export function bytesOf(headers: readonly RecordHeader[]): number {
  let bytes = 0;
  for (const { name, value } of headers) bytes += headerOverheadBytes + name.length + value.length;
  return bytes;
}

/** Zigzag and base 128. @returns where the next byte goes */
function writeVarInt(target: Buffer, at: number, value: number): number {
  let left = ((value << 1) ^ (value >> 31)) >>> 0;
  let to = at;
  while (left > 0x7f) {
    target[to++] = (left & 0x7f) | 0x80;
    left >>>= 7;
  }
  target[to++] = left;
  return to;
}

/** Writes any whole number as `writeVarInt` does. @returns where the next byte goes */
function writeVarLong(target: Buffer, at: number, value: number): number {
  if (value >= -0x40000000 && value < 0x40000000) return writeVarInt(target, at, value);
  let left = BigInt.asUintN(64, (BigInt(value) << 1n) ^ (BigInt(value) >> 63n));
  let to = at;
  while (left > 0x7fn) {
    target[to++] = Number(left & 0x7fn) | 0x80;
    left >>= 7n;
  }
  target[to++] = Number(left);
  return to;
}
