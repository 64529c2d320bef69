// Snappy as Kafka's producers write it: blocks in the framing of snappy-java, or one plain block.
// Format: https://github.com/google/snappy/blob/main/format_description.txt
import { malformed, Output } from './inflating.ts';

const javaMagic = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0x00]);

/** Magic and two versions of four bytes. */
const javaHeaderBytes = 16;

/** @param most largest size of the result, bytes @throws Error of what is malformed or larger */
export function snappyDecompress(bytes: Buffer, most: number): Buffer {
  const out = new Output(most);
  if (!bytes.subarray(0, javaMagic.length).equals(javaMagic)) {
    block(bytes, out);
    return out.taken();
  }
  let at = javaHeaderBytes;
  while (at < bytes.length) {
    if (at + 4 > bytes.length) throw malformed('snappy');
    const size = bytes.readInt32BE(at);
    at += 4;
    if (size < 0 || at + size > bytes.length) throw malformed('snappy');
    block(bytes.subarray(at, at + size), out);
    at += size;
  }
  return out.taken();
}

function block(bytes: Buffer, out: Output): void {
  let at = 0;
  const byte = () => {
    if (at >= bytes.length) throw malformed('snappy');
    return bytes[at++]!;
  };
  /** A number of little-endian bytes. */
  const little = (count: number) => {
    let value = 0;
    for (let i = 0; i < count; i++) value += byte() * 2 ** (8 * i);
    return value;
  };
  let length = 0;
  for (let shift = 0, more = true; more; shift += 7) {
    const next = byte();
    length += (next & 0x7f) * 2 ** shift;
    more = next > 0x7f;
  }
  const start = out.length;
  out.reserve(length);
  while (at < bytes.length) {
    const tag = byte();
    const kind = tag & 3;
    if (kind === 0) {
      const short = tag >>> 2;
      const size = 1 + (short < 60 ? short : little(short - 59));
      if (at + size > bytes.length) throw malformed('snappy');
      out.append(bytes, at, at + size);
      at += size;
    } else if (kind === 1) {
      const size = 4 + ((tag >>> 2) & 7);
      out.repeat(((tag >>> 5) << 8) | byte(), size, start);
    } else {
      const size = 1 + (tag >>> 2);
      out.repeat(little(kind === 2 ? 2 : 4), size, start);
    }
  }
  if (out.length - start !== length) throw malformed('snappy');
}
