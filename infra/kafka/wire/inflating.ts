// What the decoders of Snappy and LZ4 write to: bytes taken over, and bytes repeated from what was written.

/** Bytes in, at first; they double as they are needed. */
const initialBytes = 1 << 16;

/** Number of bytes below which a loop is quicker than a call. */
const byHand = 64;

export class Output {
  /** Number of bytes written. */
  length = 0;
  private buffer = Buffer.allocUnsafe(initialBytes);
  private readonly most: number;

  /** @param most largest number of bytes: a guard against bombs */
  constructor(most: number) {
    this.most = most;
  }

  /** Makes room for so many bytes more. @throws RangeError beyond the largest number */
  reserve(count: number): void {
    const wanted = this.length + count;
    if (wanted > this.most) throw new RangeError(`It grows beyond ${this.most} bytes.`);
    if (wanted <= this.buffer.length) return;
    const larger = Buffer.allocUnsafe(Math.max(wanted, 2 * this.buffer.length));
    this.buffer.copy(larger, 0, 0, this.length);
    this.buffer = larger;
  }

  append(from: Buffer, start: number, end: number): void {
    const count = end - start;
    this.reserve(count);
    const { buffer, length } = this;
    if (count >= byHand) from.copy(buffer, length, start, end);
    else for (let i = 0; i < count; i++) buffer[length + i] = from[start + i]!;
    this.length += count;
  }

  /**
   * Writes `count` bytes again that begin `distance` bytes back; they may reach into themselves.
   * @param start offset before which nothing may be repeated
   */
  repeat(distance: number, count: number, start: number): void {
    const from = this.length - distance;
    if (distance === 0 || from < start) throw malformed('a repetition');
    this.reserve(count);
    const { buffer, length } = this;
    if (count >= byHand && distance >= count) buffer.copyWithin(length, from, from + count);
    else for (let i = 0; i < count; i++) buffer[length + i] = buffer[from + i]!;
    this.length += count;
  }

  taken(): Buffer {
    return this.buffer.subarray(0, this.length);
  }
}

export function malformed(what: string): RangeError {
  return new RangeError(`The compressed bytes are malformed (${what}).`);
}
