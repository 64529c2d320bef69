// A GGUF file of a few hundred bytes, whole by its head: what a start looks at before the engine does.
import { writeFileSync } from 'node:fs';
import { TENSOR } from '../../infra/llama/gguf/layout.ts';
import { encodeHead, encodeMetadata } from '../../infra/llama/gguf/write.ts';

/** Writes a model of one tensor. @param type what it says it is, such as `adapter` */
export function writeSmallGguf(path: string, type = 'model'): void {
  const entries = [
    ['general.type', { string: type }],
    ['general.architecture', { string: 'llama' }],
  ] as const;
  const metadata = encodeMetadata(entries.map(([key, value]) => [key, value]));
  const tensor = { name: 'output_norm.weight', dims: [8], type: TENSOR.f32, offset: 0 };
  const head = encodeHead({ bytes: metadata, count: entries.length }, [tensor], 32);
  writeFileSync(path, Buffer.concat([head, Buffer.alloc(32)]));
}
