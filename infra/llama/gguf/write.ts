// Writes GGUF: heads from their parts, and whole files under a name that appears only once complete.
import { type FileHandle, mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { aligned, type GgufTensor, MAGIC, VALUE, VERSION } from './layout.ts';

export type Entry = readonly [
  key: string,
  value: { readonly string: string } | { readonly float32: number },
];

export function encodeMetadata(entries: readonly Entry[]): Buffer {
  return Buffer.concat(
    entries.flatMap(([key, value]) => {
      if ('string' in value) return [string(key), uint32(VALUE.string), string(value.string)];
      const bytes = Buffer.alloc(4);
      bytes.writeFloatLE(value.float32);
      return [string(key), uint32(VALUE.float32), bytes];
    }),
  );
}

/** The head of a file, up to where the tensor data begin, padding included. */
export function encodeHead(
  metadata: { readonly bytes: Uint8Array; readonly count: number },
  tensors: readonly GgufTensor[],
  alignment: number,
): Buffer {
  const head = Buffer.concat([
    Buffer.from(MAGIC),
    uint32(VERSION),
    uint64(tensors.length),
    uint64(metadata.count),
    metadata.bytes,
    ...tensors.flatMap(({ name, dims, type, offset }) => [
      string(name),
      uint32(dims.length),
      ...dims.map(uint64),
      uint32(type),
      uint64(offset),
    ]),
  ]);
  return Buffer.concat([head, Buffer.alloc(aligned(head.length, alignment) - head.length)]);
}

/** Writes a file so that half a file is never seen under its name. */
export async function writeWhole(
  path: string,
  write: (file: FileHandle) => Promise<void>,
): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const draft = `${path}.${process.pid}.part`;
  try {
    await using file = await open(draft, 'w');
    await write(file);
    await file.sync();
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
  await rename(draft, path);
}

function string(text: string): Buffer {
  const bytes = Buffer.from(text, 'utf8');
  return Buffer.concat([uint64(bytes.length), bytes]);
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

function uint64(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
}
