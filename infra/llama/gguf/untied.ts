// An untied copy of a model: many small models read their output matrix from the token embeddings, and
// an adapter on the output alone needs a matrix of its own to stand on. The copy says the same.
import { access, open } from 'node:fs/promises';
import { join } from 'node:path';
import { aligned, type GgufTensor, tensorBytes } from './layout.ts';
import { MODEL_NAME, modelName } from './model-name.ts';
import { readGguf, readTensor, tensorOf } from './read.ts';
import { encodeHead, encodeMetadata, writeWhole } from './write.ts';

export const OUTPUT = 'output.weight';
const EMBEDDINGS = 'token_embd.weight';

const COPY_BYTES = 8 << 20;

/**
 * Path of a model with an output matrix of its own: the model itself if it has one, else a copy in
 * the folder, which is written unless it is there already. The copy bears the model's name.
 * @param known the model's name. @default worked out, for which the whole file is read
 * @throws MillraceError `gguf-invalid`
 */
export async function untied(model: string, folder: string, known?: string): Promise<string> {
  const gguf = await readGguf(model);
  if (gguf.tensors.has(OUTPUT)) return model;
  const name = known ?? (await modelName(model));
  const copy = join(folder, `${name}.gguf`);
  if (await there(copy)) return copy;
  const embeddings = tensorOf(gguf, EMBEDDINGS);
  const data = await readTensor(gguf, EMBEDDINGS);
  const end = aligned(gguf.bytes - gguf.dataStart, gguf.alignment);
  const output: GgufTensor = { ...embeddings, name: OUTPUT, offset: end };
  const head = encodeHead(
    {
      bytes: Buffer.concat([gguf.metadataBytes, encodeMetadata([[MODEL_NAME, { string: name }]])]),
      count: gguf.metadataCount + 1,
    },
    [...gguf.tensors.values(), output],
    gguf.alignment,
  );
  await writeWhole(copy, async (file) => {
    await file.write(head);
    await using source = await open(model);
    const buffer = Buffer.allocUnsafe(COPY_BYTES);
    for (let at = gguf.dataStart; at < gguf.bytes; ) {
      const { bytesRead } = await source.read(buffer, 0, COPY_BYTES, at);
      await file.write(buffer, 0, bytesRead, head.length + at - gguf.dataStart);
      at += bytesRead;
    }
    await file.write(data, 0, tensorBytes(output) as number, head.length + end);
  });
  return copy;
}

async function there(path: string): Promise<boolean> {
  return await access(path).then(
    () => true,
    () => false,
  );
}
