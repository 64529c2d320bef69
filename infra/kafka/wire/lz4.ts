// LZ4 frames and blocks, as Kafka's producers, ClickHouse's clients and the content coding of HTTP have them.
// Checksums are not looked at: what carries them has its own.
// Format: https://github.com/lz4/lz4/blob/dev/doc/lz4_Frame_format.md and lz4_Block_format.md
import { malformed, Output } from './inflating.ts';

const magic = 0x184d2204;
const skippable = 0x184d2a50;
const plainBlock = 0x80000000;

/**
 * Reads frames, one after the other.
 * @param most largest size of the result, bytes
 * @throws RangeError of what is malformed or larger
 */
export function lz4Decompress(bytes: Buffer, most: number): Buffer {
  const out = new Output(most);
  let at = 0;
  // Nothing at all is no frame.
  do at = frame(bytes, at, out);
  while (at < bytes.length);
  return out.taken();
}

/** Reads one block. @param most and @throws as `lz4Decompress` */
export function lz4Block(bytes: Buffer, most: number): Buffer {
  const out = new Output(most);
  block(bytes, 0, bytes.length, out, 0);
  return out.taken();
}

/** @returns the end of the frame */
function frame(bytes: Buffer, start: number, out: Output): number {
  let at = start;
  const word = () => {
    if (at + 4 > bytes.length) throw malformed('lz4');
    at += 4;
    return bytes.readUInt32LE(at - 4);
  };
  const found = word();
  if (found >>> 4 === skippable >>> 4) return word() + at;
  if (found !== magic || at + 3 > bytes.length) throw malformed('lz4');
  const flags = bytes[at]!;
  if (flags >>> 6 !== 1) throw malformed('lz4');
  const independent = (flags & 0x20) !== 0;
  const sumOfBlock = (flags & 0x10) !== 0;
  const sized = (flags & 0x08) !== 0;
  const sumOfContent = (flags & 0x04) !== 0;
  const dictionary = (flags & 0x01) !== 0;
  at += 2 + (sized ? 8 : 0) + (dictionary ? 4 : 0) + 1;
  const begin = out.length;
  for (;;) {
    const size = word();
    if (size === 0) break;
    const length = size & ~plainBlock;
    if (at + length > bytes.length) throw malformed('lz4');
    if (size >= plainBlock) out.append(bytes, at, at + length);
    else block(bytes, at, at + length, out, independent ? out.length : begin);
    at += length + (sumOfBlock ? 4 : 0);
  }
  return at + (sumOfContent ? 4 : 0);
}

/** @param first offset of the result before which nothing may be repeated */
function block(bytes: Buffer, start: number, end: number, out: Output, first: number): void {
  let at = start;
  const byte = () => {
    if (at >= end) throw malformed('lz4');
    return bytes[at++]!;
  };
  const lengthOf = (nibble: number) => {
    let length = nibble;
    if (nibble < 15) return length;
    for (let more = 255; more === 255; length += more) more = byte();
    return length;
  };
  while (at < end) {
    const token = byte();
    const literals = lengthOf(token >>> 4);
    if (at + literals > end) throw malformed('lz4');
    out.append(bytes, at, at + literals);
    at += literals;
    // The last sequence ends with its literals.
    if (at === end) return;
    const distance = byte() | (byte() << 8);
    out.repeat(distance, lengthOf(token & 15) + 4, first);
  }
}
