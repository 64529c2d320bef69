// ClickHouse's compressed frames, as `compress=1` and `decompress=1` mean them. A frame: checksum
// (CityHash128 of all that follows, 16 bytes), method (1), length with this header of 9 bytes (4),
// length of the content (4), content. Source: ClickHouse, src/Compression/CompressedWriteBuffer.cpp.
import { setImmediate } from 'node:timers/promises';
import { promisify } from 'node:util';
import { constants, zstdCompress, zstdDecompress } from 'node:zlib';
import { lz4Block } from '../../kafka/wire/lz4.ts';
import { cityHash128 } from './city-hash.ts';
import { compressLz4 } from './lz4.ts';

export type FrameMethod = 'LZ4' | 'ZSTD' | 'NONE';

const marks = { LZ4: 0x82, ZSTD: 0x90, NONE: 0x02 } as const;
const checksumBytes = 16;
const headerBytes = 9;
/** Most bytes of content in a frame that we write; as ClickHouse. */
const contentBytes = 1_048_576;

/** @returns the bytes in frames of at most 1 MiB of content; nothing for nothing */
export async function toFrames(bytes: Buffer, method: FrameMethod): Promise<Buffer> {
  const frames: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += contentBytes) {
    frames.push(await frameOf(bytes.subarray(at, at + contentBytes), method));
    // Packing is work of this thread: others get their turn after each frame.
    await setImmediate();
  }
  return Buffer.concat(frames);
}

async function frameOf(content: Buffer, method: FrameMethod): Promise<Buffer> {
  const packed = await pack(content, method);
  // A buffer of its own lies on a boundary of 8, as the checksum likes it.
  const frame = Buffer.from(new ArrayBuffer(checksumBytes + headerBytes + packed.length));
  frame[checksumBytes] = marks[method];
  frame.writeUInt32LE(headerBytes + packed.length, checksumBytes + 1);
  frame.writeUInt32LE(content.length, checksumBytes + 5);
  packed.copy(frame, checksumBytes + headerBytes);
  const [low, high] = cityHash128(frame.subarray(checksumBytes));
  frame.writeBigUInt64LE(low, 0);
  frame.writeBigUInt64LE(high, 8);
  return frame;
}

async function pack(content: Buffer, method: FrameMethod): Promise<Buffer> {
  if (method === 'NONE') return content;
  if (method === 'LZ4') return compressLz4(content);
  return await promisify(zstdCompress)(content, {
    params: { [constants.ZSTD_c_compressionLevel]: 1 },
  });
}

/** @param most bytes of content that are taken
 * @throws RangeError for frames that are damaged or hold more */
export async function fromFrames(bytes: Buffer, most: number): Promise<Buffer> {
  const contents: Buffer[] = [];
  let held = 0;
  for (let at = 0; at < bytes.length; ) {
    const body = at + checksumBytes;
    const end = body + bytes.readUInt32LE(body + 1);
    const length = bytes.readUInt32LE(body + 5);
    held += length;
    if (end > bytes.length || end < body + headerBytes || held > most)
      throw new RangeError('Frame');
    const [low, high] = cityHash128(bytes.subarray(body, end));
    if (low !== bytes.readBigUInt64LE(at) || high !== bytes.readBigUInt64LE(at + 8))
      throw new RangeError('Checksum of a frame');
    contents.push(await unpack(bytes[body]!, bytes.subarray(body + headerBytes, end), length));
    at = end;
  }
  return Buffer.concat(contents);
}

async function unpack(mark: number, packed: Buffer, length: number): Promise<Buffer> {
  let content = packed;
  if (mark === marks.LZ4) content = lz4Block(packed, length);
  else if (mark === marks.ZSTD)
    content = await promisify(zstdDecompress)(packed, { maxOutputLength: length });
  else if (mark !== marks.NONE) throw new RangeError('Method of a frame');
  if (content.length !== length) throw new RangeError('Frame');
  return content;
}
