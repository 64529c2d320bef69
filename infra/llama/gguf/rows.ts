// The output matrix of a model as numbers: rows dequantised a block at a time, so that what is held
// stays as small as it is in the file.
import { power } from '../../../models/power.ts';
import { invalid, TENSOR, tensorBytes } from './layout.ts';
import { type Gguf, readTensor, tensorOf } from './read.ts';

export interface MatrixRows {
  readonly rows: number;
  readonly width: number;
  /** Fills `into` with rows `from` to `to` (exclusive), row by row. */
  read(from: number, to: number, into: Float64Array): void;
}

/** Dequantises `count` elements that begin at byte `at`. */
type Dequantise = (bytes: DataView, at: number, into: Float64Array, count: number) => void;

const KINDS: Readonly<Record<number, Dequantise>> = {
  [TENSOR.f32]: (bytes, at, into, count) => {
    for (let i = 0; i < count; i++) into[i] = bytes.getFloat32(at + 4 * i, true);
  },
  [TENSOR.f16]: (bytes, at, into, count) => {
    for (let i = 0; i < count; i++) into[i] = half(bytes.getUint16(at + 2 * i, true));
  },
  [TENSOR.q8_0]: q8,
  [TENSOR.q6_k]: q6,
};

/**
 * Opens a matrix for reading by rows.
 * @throws MillraceError `gguf-invalid`, also for a type of tensor that is not read here
 */
export async function matrixRows(gguf: Gguf, name: string): Promise<MatrixRows> {
  const tensor = tensorOf(gguf, name);
  const dequantise = KINDS[tensor.type];
  if (!dequantise) {
    throw invalid(gguf.path, `The numbers of ${name} (type ${tensor.type}) are not read here.`);
  }
  const [width = 0, rows = 1] = tensor.dims;
  const rowBytes = (tensorBytes(tensor) as number) / rows;
  const data = await readTensor(gguf, name);
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  return {
    rows,
    width,
    read(from, to, into) {
      dequantise(view, from * rowBytes, into, (to - from) * width);
    },
  };
}

/** Q8_0: 32 elements a block, d · q; d a half float, q signed bytes. */
function q8(bytes: DataView, at: number, into: Float64Array, count: number): void {
  for (let i = 0, block = at; i < count; i += 32, block += 34) {
    const d = half(bytes.getUint16(block, true));
    for (let j = 0; j < 32; j++) into[i + j] = d * bytes.getInt8(block + 2 + j);
  }
}

/**
 * Q6_K: 256 elements a block, d · scale · (q − 32); 128 bytes of low nibbles, 64 of two high bits,
 * 16 signed scales (one for 16 elements), d a half float (ggml-quants.c, `dequantize_row_q6_K`).
 */
function q6(bytes: DataView, at: number, into: Float64Array, count: number): void {
  for (let i = 0, block = at; i < count; i += 256, block += 210) {
    const d = half(bytes.getUint16(block + 208, true));
    for (let part = 0; part < 2; part++) {
      const [low, high, scales] = [
        block + 64 * part,
        block + 128 + 32 * part,
        block + 192 + 8 * part,
      ];
      for (let j = 0; j < 128; j++) {
        const [quarter, l] = [j >> 5, j & 31];
        const nibbles = bytes.getUint8(low + l + (quarter & 1 ? 32 : 0));
        const four = quarter < 2 ? nibbles & 15 : nibbles >> 4;
        const two = (bytes.getUint8(high + l) >> (2 * quarter)) & 3;
        const scale = bytes.getInt8(scales + 2 * quarter + (l >> 4));
        into[i + 128 * part + j] = d * scale * ((four | (two << 4)) - 32);
      }
    }
  }
}

/** A half-precision float (IEEE 754 binary16) as a number. */
function half(bits: number): number {
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  const sign = bits & 0x8000 ? -1 : 1;
  if (exponent === 0) return sign * fraction * power(2, -24);
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (1 + fraction / 1024) * power(2, exponent - 15);
}
