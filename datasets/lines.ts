// Streams a text file, compressed or not, as numbered lines; memory is one chunk.
import { isUtf8 } from 'node:buffer';
import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import { MillraceError } from '../schemas/errors.ts';

/**
 * Longest line that is read, bytes. No official log comes near; a longer line means that this is no
 * text file.
 */
const LONGEST_LINE = 1 << 18;

/**
 * Batches of lines without their ends (`\n`, `\r\n`), each character one byte of the file (latin1),
 * so that the original bytes are never lost; `textOf` decodes. The first line has number `first`.
 */
export interface LineBatch {
  first: number;
  lines: string[];
}

/** Reads the lines of a file. @throws MillraceError `dataset-file-unreadable` */
export async function* readLines(path: string, longest = LONGEST_LINE): AsyncGenerator<LineBatch> {
  const file = createReadStream(path, { highWaterMark: 1 << 16 });
  const unzip = unzipOf(path);
  if (unzip) file.on('error', (error) => unzip.destroy(error));
  const stream = unzip ? file.pipe(unzip) : file;
  let carry = '';
  let first = 1;
  try {
    for await (const chunk of stream) {
      const lines = (carry + (chunk as Buffer).toString('latin1')).split('\n');
      carry = lines.pop() ?? '';
      if (carry.length > longest) throw new Error(`line ${first + lines.length} has no end`);
      if (lines.length > 0) yield { first, lines: lines.map(withoutReturn) };
      first += lines.length;
    }
  } catch (cause) {
    throw new MillraceError({
      code: 'dataset-file-unreadable',
      what: `${basename(path)} cannot be read as text.`,
      why: cause instanceof Error ? cause.message : String(cause),
      todo: 'Check the file; if its download was cut short, get it again.',
      cause,
    });
  } finally {
    file.destroy();
    unzip?.destroy();
  }
  if (carry !== '') yield { first, lines: [withoutReturn(carry)] };
}

function unzipOf(path: string) {
  if (path.endsWith('.gz')) return createGunzip();
  return path.endsWith('.zst') ? createZstdDecompress() : null;
}

const BEYOND_ASCII = /[\x80-\xff]/;

/** The text of a latin1-read line, which was UTF-8 in the file. */
export function textOf(line: string): string {
  return BEYOND_ASCII.test(line) ? bytesOf(line).toString('utf8') : line;
}

/** The text of a latin1-read line, which was UTF-8 in the file, or Latin-1 where it is no UTF-8. */
export function eitherTextOf(line: string): string {
  if (!BEYOND_ASCII.test(line)) return line;
  const bytes = bytesOf(line);
  return isUtf8(bytes) ? bytes.toString('utf8') : line;
}

/** The original bytes of a latin1-read line. */
export function bytesOf(line: string): Buffer {
  return Buffer.from(line, 'latin1');
}

function withoutReturn(line: string): string {
  return line.endsWith('\r') ? line.slice(0, -1) : line;
}
