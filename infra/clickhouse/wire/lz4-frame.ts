// Packs LZ4 frames, the content coding `lz4` of HTTP. Source: lz4, doc/lz4_Frame_format.md, and xxHash32.
import { setImmediate } from 'node:timers/promises';
import { compressLz4 } from './lz4.ts';

const magic = 0x184d2204;
/** Version 1, blocks that stand alone; largest block 1 MiB. */
const descriptor = Buffer.from([0x60, 0x60]);
const blockBytes = 1_048_576;
const stored = 0x8000_0000;

const primes = [2_654_435_761, 2_246_822_519, 3_266_489_917, 668_265_263, 374_761_393] as const;

/** xxHash32 of fewer than 16 bytes, with the seed 0; a frame's header has no more. */
function xxHash32(bytes: Buffer): number {
  const turn = (value: number, by: number) => (value << by) | (value >>> (32 - by));
  let hash = (primes[4] + bytes.length) | 0;
  let at = 0;
  for (; at + 4 <= bytes.length; at += 4)
    hash = Math.imul(
      turn((hash + Math.imul(bytes.readUInt32LE(at), primes[2])) | 0, 17),
      primes[3],
    );
  for (; at < bytes.length; at += 1)
    hash = Math.imul(turn((hash + Math.imul(bytes[at]!, primes[4])) | 0, 11), primes[0]);
  hash = Math.imul(hash ^ (hash >>> 15), primes[1]);
  hash = Math.imul(hash ^ (hash >>> 13), primes[2]);
  return (hash ^ (hash >>> 16)) >>> 0;
}

const uint32 = (value: number) => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
};

export async function toLz4Frame(body: Buffer): Promise<Buffer> {
  const pieces: Buffer[] = [
    uint32(magic),
    descriptor,
    Buffer.from([(xxHash32(descriptor) >>> 8) & 0xff]),
  ];
  for (let at = 0; at < body.length; at += blockBytes) {
    const content = body.subarray(at, at + blockBytes);
    const packed = compressLz4(content);
    const shorter = packed.length < content.length;
    const block = shorter ? packed : content;
    pieces.push(uint32(shorter ? block.length : (block.length | stored) >>> 0), block);
    await setImmediate();
  }
  pieces.push(uint32(0));
  return Buffer.concat(pieces);
}
