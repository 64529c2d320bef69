// Parameters as bytes: a JSON header and typed arrays behind it, so saving is a copy and loading a slice.
import { MillraceError } from '../schemas/errors.ts';

const kinds = { f32: Float32Array, f64: Float64Array, i32: Int32Array, u16: Uint16Array } as const;
type Kind = keyof typeof kinds;
export type Numbers = Float32Array | Float64Array | Int32Array | Uint16Array;

interface Entry {
  name: string;
  kind: Kind;
  length: number;
}

export interface SavedParts {
  /** Name of what the bytes are; it is checked on loading. */
  readonly format: string;
  /** Data that JSON carries exactly. */
  readonly meta: unknown;
  readonly arrays: Readonly<Record<string, Numbers>>;
}

const MAGIC = 0x4d4c5231; // "MLR1"
const align = (offset: number) => (offset + 7) & ~7;

/**
 * Bytes of the parts. Layout: magic u32, header length u32, header, then each array at a multiple
 * of 8 bytes.
 */
export function encodeParts(parts: SavedParts): Uint8Array {
  const entries: Entry[] = Object.entries(parts.arrays).map(([name, array]) => ({
    name,
    kind: kindOf(array),
    length: array.length,
  }));
  const header = new TextEncoder().encode(
    JSON.stringify({ format: parts.format, meta: parts.meta, entries }),
  );
  let size = align(8 + header.length);
  for (const array of Object.values(parts.arrays)) size = align(size + array.byteLength);
  const bytes = new Uint8Array(size);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, MAGIC);
  view.setUint32(4, header.length);
  bytes.set(header, 8);
  let offset = align(8 + header.length);
  for (const array of Object.values(parts.arrays)) {
    bytes.set(new Uint8Array(array.buffer, array.byteOffset, array.byteLength), offset);
    offset = align(offset + array.byteLength);
  }
  return bytes;
}

/**
 * The parts in bytes.
 * @param open arrays in which NaN stands for what is not known yet. @default none
 * @throws MillraceError `parameters-unreadable` if the bytes are something else or cut short,
 * `parameters-not-finite` if a number is not
 */
export function decodeParts(
  bytes: Uint8Array,
  format: string,
  open: readonly string[] = [],
): DecodedParts {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 8 || view.getUint32(0) !== MAGIC) throw unreadable(format, 'no such header');
  const end = 8 + view.getUint32(4);
  if (end > bytes.length) throw unreadable(format, 'the header is cut short');
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, end))) as {
    format: string;
    meta: unknown;
    entries: Entry[];
  };
  if (header.format !== format) throw unreadable(format, `they say they are ${header.format}`);
  const arrays = new Map<string, Numbers>();
  let offset = align(end);
  for (const { name, kind, length } of header.entries) {
    const size = length * kinds[kind].BYTES_PER_ELEMENT;
    if (offset + size > bytes.length) throw unreadable(format, `${name} is cut short`);
    // Not `slice`: a Buffer's does not copy, and its memory is shared with others.
    const own = new Uint8Array(bytes.subarray(offset, offset + size));
    const array = new kinds[kind](own.buffer);
    if (!open.includes(name) && !array.every(Number.isFinite)) throw notFinite(format, name);
    arrays.set(name, array);
    offset = align(offset + size);
  }
  return new DecodedParts(format, header.meta, arrays);
}

export class DecodedParts {
  readonly format: string;
  readonly meta: unknown;
  readonly #arrays: Map<string, Numbers>;

  constructor(format: string, meta: unknown, arrays: Map<string, Numbers>) {
    this.format = format;
    this.meta = meta;
    this.#arrays = arrays;
  }

  f32(name: string): Float32Array {
    return this.#array(name, Float32Array);
  }

  f64(name: string): Float64Array {
    return this.#array(name, Float64Array);
  }

  i32(name: string): Int32Array {
    return this.#array(name, Int32Array);
  }

  /** Whole numbers, saved in two bytes or in four. */
  integers(name: string): Int32Array | Uint16Array {
    return this.#arrays.get(name) instanceof Uint16Array
      ? this.#array(name, Uint16Array)
      : this.#array(name, Int32Array);
  }

  #array<T extends Numbers>(name: string, kind: new () => T): T {
    const array = this.#arrays.get(name);
    if (!(array instanceof kind)) throw unreadable(this.format, `${name} is missing`);
    return array;
  }
}

function kindOf(array: Numbers): Kind {
  if (array instanceof Float32Array) return 'f32';
  if (array instanceof Float64Array) return 'f64';
  return array instanceof Int32Array ? 'i32' : 'u16';
}

function unreadable(format: string, why: string): MillraceError {
  return new MillraceError({
    code: 'parameters-unreadable',
    what: `These bytes are not parameters of ${format}.`,
    why: `Reading them: ${why}.`,
    todo: 'Rebuild the policy from its examples, or load them with the version that wrote them.',
  });
}

function notFinite(format: string, name: string): MillraceError {
  return new MillraceError({
    code: 'parameters-not-finite',
    what: `Parameters of ${format} hold numbers that are not finite.`,
    why: `They are in ${name}: a model that takes them predicts nothing any more.`,
    todo: 'Nothing: they are not used, and the policy is learned anew from the log.',
  });
}
