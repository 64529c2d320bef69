// Content codings of requests and answers, and ClickHouse's own frames.
import { promisify } from 'node:util';
import * as zlib from 'node:zlib';
import { refuse } from '../../clickhouse/guard/refuse.ts';
import { type FrameMethod, fromFrames, toFrames } from '../../clickhouse/wire/frames.ts';
import { toLz4Frame } from '../../clickhouse/wire/lz4-frame.ts';
import { lz4Decompress } from '../../kafka/wire/lz4.ts';

type Decode = (body: Buffer, options: { maxOutputLength: number }) => Promise<Buffer>;

const decoders: Readonly<Record<string, Decode>> = {
  gzip: promisify(zlib.gunzip),
  'x-gzip': promisify(zlib.gunzip),
  deflate: promisify(zlib.inflate),
  br: promisify(zlib.brotliDecompress),
  zstd: promisify(zlib.zstdDecompress),
  lz4: async (body, { maxOutputLength }) => lz4Decompress(body, maxOutputLength),
};

const tooLarge = (most: number) =>
  refuse('QUERY_IS_TOO_LARGE', `The query is longer than ${most} bytes`);

/** @throws refusal 307 for a body of more than `most` bytes, 271 for one that is not in its coding */
export async function decoded(
  body: unknown,
  coding: string | undefined,
  most: number,
): Promise<Buffer> {
  if (!Buffer.isBuffer(body)) return Buffer.alloc(0);
  if (coding === undefined || coding === 'identity') return body;
  const decode = decoders[coding.toLowerCase()];
  if (!decode)
    refuse('CANNOT_DECOMPRESS', `Content-Encoding ${coding} is not known here: ${known()}`);
  try {
    return await decode(body, { maxOutputLength: most });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') tooLarge(most);
    return refuse('CANNOT_DECOMPRESS', 'The body is not what Content-Encoding says');
  }
}

const known = () => Object.keys(decoders).join(', ');

/** Unpacks a body sent with `decompress=1`. @throws refusal 271 */
export async function framesDecoded(body: Buffer, most: number): Promise<Buffer> {
  try {
    return await fromFrames(body, most);
  } catch {
    return refuse('CANNOT_DECOMPRESS', 'The body is not in frames, as decompress=1 says');
  }
}

type Encode = (body: Buffer) => Promise<Buffer>;

// The most preferred first, as ClickHouse chooses. Levels are those of speed.
const encoders: readonly [string, Encode][] = [
  [
    'zstd',
    (body) =>
      promisify(zlib.zstdCompress)(body, {
        params: { [zlib.constants.ZSTD_c_compressionLevel]: 1 },
      }),
  ],
  [
    'br',
    (body) =>
      promisify(zlib.brotliCompress)(body, {
        params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 3 },
      }),
  ],
  ['lz4', toLz4Frame],
  ['gzip', (body) => promisify(zlib.gzip)(body, { level: 3 })],
  ['deflate', (body) => promisify(zlib.deflate)(body, { level: 3 })],
];

export interface Content {
  body: Buffer;
  /** Content-Encoding; absent if the body is as it is. */
  coding?: string;
}

/** @param accepted value of Accept-Encoding; empty for none */
export async function encoded(body: Buffer, accepted: string): Promise<Content> {
  const names = new Set(
    accepted
      .toLowerCase()
      .split(',')
      .filter((part) => !/;\s*q=0(\.0*)?\s*$/.test(part))
      .map((part) => part.split(';')[0]!.trim()),
  );
  const chosen = body.length === 0 ? undefined : encoders.find(([name]) => names.has(name));
  return chosen ? { body: await chosen[1](body), coding: chosen[0] } : { body };
}

/** @param method value of `network_compression_method` */
export async function framed(body: Buffer, method: string): Promise<Buffer> {
  const known = ['LZ4', 'ZSTD', 'NONE'].includes(method);
  if (!known && method !== 'LZ4HC')
    refuse('BAD_ARGUMENTS', `network_compression_method ${method} is not known: LZ4, ZSTD or NONE`);
  return await toFrames(body, known ? (method as FrameMethod) : 'LZ4');
}
