// A LoRA adapter (Hu et al. 2021) on the output matrix W [vocabulary × width], as a GGUF file:
//   logits = W h + scale · (alpha / rank) · B A h
// A [rank × width], B [vocabulary × rank], both row by row, as llama.cpp reads `X.lora_a`, `X.lora_b`.
import { MillraceError } from '../../../schemas/errors.ts';
import { aligned, DEFAULT_ALIGNMENT, type GgufTensor, TENSOR } from './layout.ts';
import { MODEL_NAME, modelNameIn } from './model-name.ts';
import { type Gguf, readGguf, readTensor } from './read.ts';
import { OUTPUT } from './untied.ts';
import { encodeHead, encodeMetadata, writeWhole } from './write.ts';

export interface OutputAdapter {
  readonly rank: number;
  readonly width: number;
  readonly vocabulary: number;
  /** The adapter's update is multiplied by alpha / rank. */
  readonly alpha: number;
  readonly a: Float32Array;
  readonly b: Float32Array;
}

const [A, B] = [`${OUTPUT}.lora_a`, `${OUTPUT}.lora_b`];

/**
 * Writes an adapter's file.
 * @param model the model it is for: its architecture, such as `llama`, and its name
 */
export async function writeAdapter(
  path: string,
  adapter: OutputAdapter,
  model: { readonly architecture: string; readonly name: string },
): Promise<void> {
  const { rank, width, vocabulary, alpha, a, b } = adapter;
  if (a.length !== rank * width || b.length !== vocabulary * rank) {
    throw mismatch(path, `It has ${a.length} and ${b.length} numbers for its shape.`);
  }
  const second = aligned(a.byteLength, DEFAULT_ALIGNMENT);
  const infos: GgufTensor[] = [
    { name: A, dims: [width, rank], type: TENSOR.f32, offset: 0 },
    { name: B, dims: [rank, vocabulary], type: TENSOR.f32, offset: second },
  ];
  const entries = encodeMetadata([
    ['general.type', { string: 'adapter' }],
    ['general.architecture', { string: model.architecture }],
    ['adapter.type', { string: 'lora' }],
    ['adapter.lora.alpha', { float32: alpha }],
    [MODEL_NAME, { string: model.name }],
  ]);
  const head = encodeHead({ bytes: entries, count: 5 }, infos, DEFAULT_ALIGNMENT);
  await writeWhole(path, async (file) => {
    await file.write(head);
    await file.write(bytesOf(a), 0, a.byteLength, head.length);
    await file.write(bytesOf(b), 0, b.byteLength, head.length + second);
  });
}

/** Reads an adapter's file. @throws MillraceError `gguf-invalid`, `adapter-mismatch` */
export async function readAdapter(path: string): Promise<OutputAdapter> {
  const gguf = await readGguf(path);
  const [a, b] = [gguf.tensors.get(A), gguf.tensors.get(B)];
  const alpha = gguf.metadata.get('adapter.lora.alpha');
  if (!a || !b || a.type !== TENSOR.f32 || b.type !== TENSOR.f32 || typeof alpha !== 'number') {
    throw mismatch(path, 'It is not an adapter of 32-bit floats on the output matrix.');
  }
  const [width = 0, rank = 0] = a.dims;
  const vocabulary = b.dims[1] ?? 0;
  const [first, second] = [await readTensor(gguf, A), await readTensor(gguf, B)];
  return { rank, width, vocabulary, alpha, a: floats(first), b: floats(second) };
}

/**
 * Checks what llama.cpp needs of an adapter, before llama.cpp sees the file: some wrong shapes end
 * the process. An adapter that names its model is for that one alone.
 * @param name the model's name
 * @throws MillraceError `gguf-invalid`, `adapter-mismatch`
 */
export async function checkAdapter(path: string, model: Gguf, name: string): Promise<void> {
  const gguf = await readGguf(path);
  const { metadata, tensors } = gguf;
  if (metadata.get('general.type') !== 'adapter' || metadata.get('adapter.type') !== 'lora') {
    throw mismatch(path, 'It does not say that it is a LoRA adapter.');
  }
  const [mine, its] = [metadata, model.metadata].map((one) => one.get('general.architecture'));
  if (mine !== its)
    throw mismatch(path, `It is for the architecture ${mine}, the model is ${its}.`);
  const of = modelNameIn(gguf);
  if (of !== undefined && of !== name) {
    throw mismatch(path, `It was made for the model ${of}, this one is ${name}.`);
  }
  if (!Number.isFinite(metadata.get('adapter.lora.alpha')))
    throw mismatch(path, 'It has no alpha.');
  const names = new Set([...tensors.keys()].map((name) => name.replace(/\.lora_[ab]$/, '')));
  if (names.size === 0) throw mismatch(path, 'It has no tensors.');
  for (const tensor of names) {
    const [a, b] = [tensors.get(`${tensor}.lora_a`), tensors.get(`${tensor}.lora_b`)];
    const base = model.tensors.get(tensor);
    if (!a || !b) throw mismatch(path, `It has not both halves of ${tensor}.`);
    if (!base) throw mismatch(path, `The model has no tensor ${tensor} of its own.`);
    if (tensor.startsWith('token_embd')) throw mismatch(path, 'It changes the token embeddings.');
    const rank = a.dims[1];
    const fits = a.dims[0] === base.dims[0] && b.dims[1] === base.dims[1] && b.dims[0] === rank;
    if (!fits || base.dims.length !== 2 || a.dims.length !== 2 || b.dims.length !== 2) {
      const shapes = [a, b, base].map(({ dims }) => `[${dims.join(', ')}]`).join(', ');
      throw mismatch(path, `The shapes ${shapes} of A, B and ${tensor} do not fit together.`);
    }
  }
}

function mismatch(path: string, why: string): MillraceError {
  return new MillraceError({
    code: 'adapter-mismatch',
    what: `The adapter ${path} does not fit the model.`,
    why,
    todo: 'Use an adapter made for this model, and an untied copy of a model with tied embeddings.',
  });
}

function bytesOf(values: Float32Array): Buffer {
  return Buffer.from(values.buffer, values.byteOffset, values.byteLength);
}

function floats(bytes: Buffer): Float32Array {
  // Copied, since the bytes may lie at an odd address.
  return new Float32Array(new Uint8Array(bytes).buffer);
}
