// Packs LZ4 blocks; infra/kafka/wire/lz4.ts reads them. Source: the LZ4 block format, github.com/lz4/lz4, doc/lz4_Block_format.md.

const hashBits = 14;
/** The last bytes of a block are literals, and the last match begins before them. */
const lastLiterals = 5;
const matchLimit = 12;
const farthest = 65_535;

/** Bytes that `length` bytes take at the most. */
const bound = (length: number) => length + Math.ceil(length / 255) + 16;

function writeLength(out: Buffer, at: number, length: number): number {
  let left = length;
  let next = at;
  for (; left >= 255; left -= 255) out[next++] = 255;
  out[next++] = left;
  return next;
}

/** @param input fewer than 2^31 bytes */
export function compressLz4(input: Buffer): Buffer {
  const out = Buffer.allocUnsafe(bound(input.length));
  const table = new Int32Array(1 << hashBits).fill(-1);
  const end = input.length - matchLimit;
  let anchor = 0;
  let at = 0;
  let to = 0;
  let misses = 0;
  while (at <= end) {
    const four = input.readUInt32LE(at);
    const slot = Math.imul(four, 2_654_435_761) >>> (32 - hashBits);
    const earlier = table[slot]!;
    table[slot] = at;
    if (earlier < 0 || at - earlier > farthest || input.readUInt32LE(earlier) !== four) {
      // Bytes that do not repeat are passed over in greater and greater steps.
      at += 1 + (misses++ >> 6);
      continue;
    }
    misses = 0;
    let length = 4;
    const most = input.length - lastLiterals - at;
    while (length < most && input[earlier + length] === input[at + length]) length += 1;
    to = writeSequence(out, to, input.subarray(anchor, at), at - earlier, length);
    at += length;
    anchor = at;
  }
  to = writeSequence(out, to, input.subarray(anchor));
  return out.subarray(0, to);
}

/** Literals, then a match; the last sequence has none. */
function writeSequence(out: Buffer, at: number, literals: Buffer, offset = 0, match = 4): number {
  const long = match - 4;
  out[at] = (Math.min(literals.length, 15) << 4) | Math.min(long, 15);
  let to = at + 1;
  if (literals.length >= 15) to = writeLength(out, to, literals.length - 15);
  literals.copy(out, to);
  to += literals.length;
  if (offset === 0) return to;
  to = out.writeUInt16LE(offset, to);
  return long >= 15 ? writeLength(out, to, long - 15) : to;
}
