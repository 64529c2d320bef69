// Vectors of texts kept on disk by content: what the language model made once is not asked again.
import { appendFile, mkdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { contentHash } from '../../models/llm/hash.ts';
import type { LanguageModel } from '../../models/llm/port.ts';

const HASH_BYTES = 16;

/**
 * The vectors of one model, in one file. A record is 16 bytes of content hash and `width`
 * little-endian floats, appended at once, so that processes may share the file. Half a record at
 * the end, left by a process that was killed, ends what is read.
 */
export class VectorFile {
  private readonly path: string;
  private readonly model: Pick<LanguageModel, 'name' | 'width' | 'embed'>;
  private readonly known: Map<string, Float32Array>;
  /** Number of texts for which the model was asked here. */
  asked = 0;

  private constructor(
    path: string,
    model: Pick<LanguageModel, 'name' | 'width' | 'embed'>,
    known: Map<string, Float32Array>,
  ) {
    this.path = path;
    this.model = model;
    this.known = known;
  }

  static async open(
    folder: string,
    model: Pick<LanguageModel, 'name' | 'width' | 'embed'>,
  ): Promise<VectorFile> {
    const path = join(folder, `${model.name.replace(/[^\w.-]/g, '_')}.vectors`);
    await mkdir(dirname(path), { recursive: true });
    const bytes = await readFile(path).catch(() => Buffer.alloc(0));
    const size = HASH_BYTES + 4 * model.width;
    const known = new Map<string, Float32Array>();
    for (let at = 0; at + size <= bytes.length; at += size) {
      const hash = bytes.toString('hex', at, at + HASH_BYTES);
      const vector = new Float32Array(model.width);
      for (let i = 0; i < model.width; i++) vector[i] = bytes.readFloatLE(at + HASH_BYTES + 4 * i);
      known.set(hash, vector);
    }
    return new VectorFile(path, model, known);
  }

  /** The vector of a prompt. @param template version of the prompt's words, part of the key */
  async vector(template: string, prompt: string): Promise<Float32Array> {
    const hash = contentHash(this.model.name, template, prompt);
    const found = this.known.get(hash);
    if (found) return found;
    const vector = await this.model.embed(prompt);
    this.asked++;
    this.known.set(hash, vector);
    const record = Buffer.alloc(HASH_BYTES + 4 * vector.length);
    record.write(hash, 'hex');
    for (const [i, value] of vector.entries()) record.writeFloatLE(value, HASH_BYTES + 4 * i);
    await appendFile(this.path, record);
    return vector;
  }
}
