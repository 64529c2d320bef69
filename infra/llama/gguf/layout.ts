// The layout of a GGUF file, as far as it is needed here (ggml-org/ggml, docs/gguf.md, versions 2 and 3):
// magic, version, counts, metadata, tensor infos, padding, tensor data. Little-endian throughout.
import { MillraceError } from '../../../schemas/errors.ts';

export const MAGIC = 'GGUF';
export const VERSION = 3;
/** Multiple at which tensor data begin, unless `general.alignment` says otherwise, bytes. */
export const DEFAULT_ALIGNMENT = 32;

/** Codes of metadata values. */
export const VALUE = { uint32: 4, float32: 6, string: 8, array: 9 } as const;

/** Size of a scalar metadata value by its code, bytes. */
export const SCALAR_BYTES: Readonly<Record<number, number>> = {
  0: 1,
  1: 1,
  2: 2,
  3: 2,
  4: 4,
  5: 4,
  6: 4,
  7: 1,
  10: 8,
  11: 8,
  12: 8,
};

/** Codes of the tensor types whose rows are read here. */
export const TENSOR = { f32: 0, f16: 1, q8_0: 8, q6_k: 14 } as const;

/** Elements and bytes of a block, by the tensor type's code (ggml.c, `type_traits`). */
const BLOCKS: Readonly<Record<number, readonly [elements: number, bytes: number]>> = {
  0: [1, 4], // F32
  1: [1, 2], // F16
  2: [32, 18], // Q4_0
  3: [32, 20], // Q4_1
  6: [32, 22], // Q5_0
  7: [32, 24], // Q5_1
  8: [32, 34], // Q8_0
  10: [256, 84], // Q2_K
  11: [256, 110], // Q3_K
  12: [256, 144], // Q4_K
  13: [256, 176], // Q5_K
  14: [256, 210], // Q6_K
  30: [1, 2], // BF16
};

export interface GgufTensor {
  readonly name: string;
  /**
   * Number of elements by dimension, the contiguous one first: a matrix of `out` rows is [in, out].
   */
  readonly dims: readonly number[];
  readonly type: number;
  /** Offset from the beginning of the tensor data, bytes. */
  readonly offset: number;
}

/**
 * Size of a tensor, bytes.
 * @returns undefined for a type not known here, or for rows that are not whole blocks
 */
export function tensorBytes({ dims, type }: Pick<GgufTensor, 'dims' | 'type'>): number | undefined {
  const block = BLOCKS[type];
  if (block === undefined || (dims[0] as number) % block[0] !== 0) return undefined;
  return (dims.reduce((product, one) => product * one, 1) / block[0]) * block[1];
}

export function aligned(bytes: number, alignment: number): number {
  return Math.ceil(bytes / alignment) * alignment;
}

export function invalid(path: string, why: string, cause?: unknown): MillraceError {
  return new MillraceError({
    code: 'gguf-invalid',
    what: `The file ${path} is not a GGUF file that can be used here.`,
    why,
    todo: 'Get or write the file again.',
    cause,
  });
}
