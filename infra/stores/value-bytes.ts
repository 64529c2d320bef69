// Values as they stand in the file: the bytes of the changelog, after the key where that is too long
// to be one of LMDB's, and before a checksum of key and value: LMDB has none, and a damaged value that still
// decodes would be believed.
import { crc32c } from '@node-rs/crc32';
import type { Codec } from '../../schemas/codec.ts';
import { MillraceError } from '../../schemas/errors.ts';
import { isLong } from './keys.ts';

/** Number of bytes for the length of a long key. */
const lengthBytes = 4;

/** Bytes of the CRC-32C at the end, over the key and then the value. */
const checksumBytes = 4;

export class ValueBytes {
  private readonly codec: Codec;
  private arena = Buffer.allocUnsafeSlow(1 << 16);

  constructor(codec: Codec) {
    this.codec = codec;
  }

  /** The bytes of a value; they hold until the next call. */
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
      if (end >= 0 && end + checksumBytes <= this.arena.length) {
        const sum = crc32c(this.arena.subarray(0, end), crc32c(key));
        this.arena.writeUInt32BE(sum, end);
        return this.arena.subarray(0, end + checksumBytes);
      }
      this.reserve(this.arena.length + Math.max(-end, checksumBytes));
    }
  }

  /** @throws MillraceError `record-undecodable` of a value that is damaged */
  decode(key: string, bytes: Uint8Array): unknown {
    const buffer = sound(key, viewOf(bytes));
    return this.codec.decode(isLong(key) ? buffer.subarray(longKeyEnd(buffer)) : buffer);
  }

  /** @param key the key; undefined if it stands before the value */
  entry(key: string | undefined, bytes: Uint8Array): [key: string, value: unknown] {
    const buffer = viewOf(bytes);
    if (key !== undefined) return [key, this.codec.decode(sound(key, buffer))];
    const end = longKeyEnd(buffer);
    const long = buffer.toString('utf8', lengthBytes, end);
    return [long, this.codec.decode(sound(long, buffer).subarray(end))];
  }

  private reserve(bytes: number): void {
    if (this.arena.length >= bytes) return;
    const larger = Buffer.allocUnsafeSlow(2 * bytes);
    this.arena.copy(larger);
    this.arena = larger;
  }
}

function longKeyEnd(buffer: Buffer): number {
  const end = buffer.length < lengthBytes ? buffer.length : lengthBytes + buffer.readUInt32BE();
  return Math.min(end, buffer.length);
}

/** What was written, without its checksum. @throws MillraceError `record-undecodable` */
function sound(key: string, stored: Buffer): Buffer {
  const end = stored.length - checksumBytes;
  const written = stored.subarray(0, Math.max(0, end));
  if (end >= 0 && crc32c(written, crc32c(key)) === stored.readUInt32BE(end)) return written;
  throw new MillraceError({
    code: 'record-undecodable',
    what: 'A value in a file of state is not what was written.',
    why: 'Its checksum differs.',
    todo: 'Nothing: the file is thrown away, and the state rebuilt from its changelog.',
    remedy: 'skip',
  });
}

/** The part of LMDB's buffer that holds the value; the buffer is longer. */
function viewOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}
