// What a model is called: the name of its file, and a hash of what is in it. Two different files of one name
// are two models, whose answers, vectors and adapters have nothing to do with each other.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { type Gguf, readGguf } from './read.ts';

/** Key under which a file made from a model says the name of that model. */
export const MODEL_NAME = 'millrace.model';

/** Number of hexadecimal digits of a name. */
const DIGITS = 12;
const CHUNK_BYTES = 4 << 20;

/**
 * Name of a model's file, such as `model@5891b5b522d5`: its base name without the ending, and the
 * first digits of the SHA-256 of its content. An untied copy has the name of the model it was made
 * from. The whole file is read.
 * @throws MillraceError `gguf-invalid`, and errors of the file system
 */
export async function modelName(path: string): Promise<string> {
  const said = modelNameIn(await readGguf(path));
  if (said !== undefined) return said;
  const hash = createHash('sha256');
  await pipeline(createReadStream(path, { highWaterMark: CHUNK_BYTES }), hash);
  const stem = basename(path).replace(/\.gguf$/i, '');
  return `${stem}@${hash.digest('hex').slice(0, DIGITS)}`;
}

/** The model's name that a file says, if it was made from a model. */
export function modelNameIn({ metadata }: Gguf): string | undefined {
  const said = metadata.get(MODEL_NAME);
  return typeof said === 'string' ? said : undefined;
}
