// Reads the head of a GGUF file: metadata and where each tensor lies. Nothing is believed before it is
// checked, since the engine aborts the process on some wrong files.
import { type FileHandle, open } from 'node:fs/promises';
import {
  aligned,
  DEFAULT_ALIGNMENT,
  type GgufTensor,
  invalid,
  MAGIC,
  SCALAR_BYTES,
  tensorBytes,
  VALUE,
  VERSION,
} from './layout.ts';

/**
 * Largest size of a head that is read, bytes; a model with a large vocabulary has a head of a few
 * MiB.
 */
const MOST_HEAD_BYTES = 256 << 20;
const FIRST_BYTES = 1 << 20;

export interface Gguf {
  readonly path: string;
  /** Scalars and strings by key, without arrays. */
  readonly metadata: ReadonlyMap<string, string | number | boolean>;
  /** All metadata, as the bytes that stand in the file. */
  readonly metadataBytes: Buffer;
  readonly metadataCount: number;
  readonly tensors: ReadonlyMap<string, GgufTensor>;
  readonly alignment: number;
  /** Offset of the tensor data from the beginning of the file, bytes. */
  readonly dataStart: number;
  /** Size of the whole file, bytes. */
  readonly bytes: number;
}

/** Reads the head of a file. @throws MillraceError `gguf-invalid` */
export async function readGguf(path: string): Promise<Gguf> {
  await using file = await open(path).catch((cause: unknown) => {
    throw invalid(path, cause instanceof Error ? cause.message : String(cause), cause);
  });
  const { size } = await file.stat();
  for (let bytes = FIRST_BYTES; ; bytes *= 4) {
    const head = await readAt(file, 0, Math.min(bytes, size));
    const parsed = parse(path, head, size);
    if (parsed !== 'more') return parsed;
    if (head.length === size) throw invalid(path, 'It ends before its head does.');
    if (bytes >= MOST_HEAD_BYTES) throw invalid(path, 'Its head is longer than any model needs.');
  }
}

/** The raw data of a tensor. @throws MillraceError `gguf-invalid` when there is no such tensor */
export async function readTensor(gguf: Gguf, name: string): Promise<Buffer> {
  const tensor = tensorOf(gguf, name);
  await using file = await open(gguf.path);
  return readAt(file, gguf.dataStart + tensor.offset, tensorBytes(tensor) as number);
}

/**
 * What the head says of a tensor.
 * @throws MillraceError `gguf-invalid` if it is not there or of a type not known here
 */
export function tensorOf(gguf: Gguf, name: string): GgufTensor {
  const tensor = gguf.tensors.get(name);
  if (!tensor) throw invalid(gguf.path, `It has no tensor ${name}.`);
  if (tensorBytes(tensor) === undefined) {
    throw invalid(gguf.path, `Its tensor ${name} is of type ${tensor.type}, not known here.`);
  }
  return tensor;
}

async function readAt(file: FileHandle, from: number, bytes: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafe(bytes);
  let done = 0;
  while (done < bytes) {
    const { bytesRead } = await file.read(buffer, done, bytes - done, from + done);
    if (bytesRead === 0) break;
    done += bytesRead;
  }
  return buffer.subarray(0, done);
}

/** Thrown when the bytes at hand end before the head does. */
const SHORT = Symbol('short');

function parse(path: string, head: Buffer, size: number): Gguf | 'more' {
  const cursor = new Cursor(path, head);
  try {
    return parseHead(path, cursor, size);
  } catch (error) {
    if (error === SHORT) return 'more';
    throw error;
  }
}

function parseHead(path: string, cursor: Cursor, size: number): Gguf {
  if (cursor.text(4) !== MAGIC) throw invalid(path, 'It does not begin with the letters GGUF.');
  const version = cursor.uint32();
  if (version !== VERSION && version !== 2) {
    throw invalid(path, `It is of version ${version}; 2 and 3 are known here.`);
  }
  const [tensorCount, metadataCount] = [cursor.count(), cursor.count()];
  const metadata = new Map<string, string | number | boolean>();
  const metadataFrom = cursor.at;
  for (let i = 0; i < metadataCount; i++) {
    const key = cursor.string();
    const value = cursor.value(cursor.uint32());
    if (value !== undefined) metadata.set(key, value);
  }
  const metadataBytes = cursor.since(metadataFrom);
  const tensors = new Map<string, GgufTensor>();
  for (let i = 0; i < tensorCount; i++) {
    const name = cursor.string();
    const rank = cursor.uint32();
    if (rank < 1 || rank > 4) throw invalid(path, `Its tensor ${name} has ${rank} dimensions.`);
    const dims = Array.from({ length: rank }, () => cursor.count());
    tensors.set(name, { name, dims, type: cursor.uint32(), offset: cursor.count() });
  }
  const alignment = metadata.get('general.alignment') ?? DEFAULT_ALIGNMENT;
  if (typeof alignment !== 'number' || alignment < 8 || alignment % 8 !== 0) {
    throw invalid(path, `Its alignment is ${alignment}, not a multiple of 8.`);
  }
  const dataStart = aligned(cursor.at, alignment);
  for (const tensor of tensors.values()) {
    const bytes = tensorBytes(tensor) ?? 0;
    if (tensor.offset % alignment !== 0) {
      throw invalid(path, `Its tensor ${tensor.name} is not aligned.`);
    }
    if (dataStart + tensor.offset + bytes > size) {
      throw invalid(path, `It ends before its tensor ${tensor.name} does.`);
    }
  }
  const counts = { metadataCount, alignment, dataStart, bytes: size };
  return { path, metadata, metadataBytes, tensors, ...counts };
}

class Cursor {
  at = 0;
  private readonly path: string;
  private readonly bytes: Buffer;

  constructor(path: string, bytes: Buffer) {
    this.path = path;
    this.bytes = bytes;
  }

  since(from: number): Buffer {
    return this.bytes.subarray(from, this.at);
  }

  text(bytes: number): string {
    return this.bytes.toString('utf8', this.take(bytes), this.at);
  }

  uint32(): number {
    return this.bytes.readUInt32LE(this.take(4));
  }

  /** A count of 64 bits; one too large for any file is refused. */
  count(): number {
    const value = Number(this.bytes.readBigUInt64LE(this.take(8)));
    if (!Number.isSafeInteger(value)) throw invalid(this.path, `It counts ${value} of something.`);
    return value;
  }

  string(): string {
    return this.text(this.count());
  }

  /** A metadata value of the type. @returns undefined for an array */
  value(type: number): string | number | boolean | undefined {
    if (type === VALUE.string) return this.string();
    if (type !== VALUE.array) return this.scalar(type);
    const of = this.uint32();
    const count = this.count();
    if (of === VALUE.array) throw invalid(this.path, 'Its metadata hold an array of arrays.');
    if (of === VALUE.string) for (let i = 0; i < count; i++) this.take(this.count());
    else this.take(count * this.bytesOf(of));
    return undefined;
  }

  private scalar(type: number): number | boolean {
    const { bytes } = this;
    const at = this.take(this.bytesOf(type));
    switch (type) {
      case 0:
        return bytes.readUInt8(at);
      case 1:
        return bytes.readInt8(at);
      case 2:
        return bytes.readUInt16LE(at);
      case 3:
        return bytes.readInt16LE(at);
      case VALUE.uint32:
        return bytes.readUInt32LE(at);
      case 5:
        return bytes.readInt32LE(at);
      case VALUE.float32:
        return bytes.readFloatLE(at);
      case 7:
        return bytes.readUInt8(at) !== 0;
      case 10:
        return Number(bytes.readBigUInt64LE(at));
      case 11:
        return Number(bytes.readBigInt64LE(at));
      default:
        return bytes.readDoubleLE(at);
    }
  }

  private bytesOf(type: number): number {
    const bytes = SCALAR_BYTES[type];
    if (bytes === undefined) throw invalid(this.path, `Its metadata hold a value of type ${type}.`);
    return bytes;
  }

  private take(bytes: number): number {
    const { at } = this;
    if (at + bytes > this.bytes.length) throw SHORT;
    this.at += bytes;
    return at;
  }
}
