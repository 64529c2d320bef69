// Values as they stand in the file: the bytes of the changelog, after the key where that is too long
// to be one of LMDB's.
import type { Codec } from '../../schemas/codec.ts';
import { isLong } from './keys.ts';

/** Bytes of the length before a long key. */
const lengthBytes = 4;

export class ValueBytes {
  private readonly codec: Codec;
  private arena = Buffer.allocUnsafeSlow(1 << 16);

  constructor(codec: Codec) {
    this.codec = codec;
  }

  /** Good until the next call. */
  encode(key: string, value: unknown): Buffer {
    let at = 0;
    if (isLong(key)) {
      const length = Buffer.byteLength(key);
      this.reserve(lengthBytes + length);
      this.arena.writeUInt32BE(length);
      at = lengthBytes + this.arena.write(key, lengthBytes);
    }
    for (;;) {
      const end = this.codec.encodeInto(value, this.arena, at);
      if (end >= 0) return this.arena.subarray(0, end);
      this.reserve(this.arena.length - end);
    }
  }

  decode(key: string, bytes: Uint8Array): unknown {
    const buffer = viewOf(bytes);
    return this.codec.decode(isLong(key) ? buffer.subarray(longKeyEnd(buffer)) : buffer);
  }

  /** @param key undefined where it stands before the value */
  entry(key: string | undefined, bytes: Uint8Array): [key: string, value: unknown] {
    const buffer = viewOf(bytes);
    if (key !== undefined) return [key, this.codec.decode(buffer)];
    const end = longKeyEnd(buffer);
    const long = buffer.toString('utf8', lengthBytes, end);
    return [long, this.codec.decode(buffer.subarray(end))];
  }

  private reserve(bytes: number): void {
    if (this.arena.length >= bytes) return;
    const larger = Buffer.allocUnsafeSlow(2 * bytes);
    this.arena.copy(larger);
    this.arena = larger;
  }
}

function longKeyEnd(buffer: Buffer): number {
  return lengthBytes + buffer.readUInt32BE();
}

/** LMDB's buffers are longer than what they say. */
function viewOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}
