// The numbers in bytes that `encodeParts` wrote, those of parts within parts included.
const kinds = { f32: Float32Array, f64: Float64Array, i32: Int32Array, u16: Uint16Array };
const align = (offset: number) => (offset + 7) & ~7;

interface Entry {
  readonly name: string;
  readonly kind: keyof typeof kinds;
  readonly length: number;
}

/** @param except arrays in which NaN stands for what is not known yet */
export function numbersIn(bytes: Uint8Array, except: readonly string[] = ['baseline']): number[] {
  const end = 8 + new DataView(bytes.buffer, bytes.byteOffset).getUint32(4);
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, end)));
  let offset = align(end);
  return (header.entries as Entry[]).flatMap(({ name, kind, length }) => {
    const size = length * kinds[kind].BYTES_PER_ELEMENT;
    const array = new kinds[kind](bytes.slice(offset, offset + size).buffer);
    offset = align(offset + size);
    if (except.includes(name)) return [];
    // Bytes of other parts are saved as words, or as a number each.
    const inner = kind === 'u16' ? new Uint8Array(array.buffer) : Uint8Array.from(array);
    const isBytes = kind === 'u16' || array.every((one) => one >= 0 && one < 256);
    return isBytes && isParts(inner) ? numbersIn(inner, except) : [...array];
  });
}

const isParts = (bytes: Uint8Array) =>
  bytes.length > 8 && Buffer.from(bytes.subarray(0, 4)).toString('latin1') === 'MLR1';
