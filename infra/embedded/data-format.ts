// The stamp of a data directory: the version of what lies in it, so that an older Millrace leaves alone what
// it would not understand. Whatever has a version of its own (LMDB files, schemas) looks at that besides.
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { MillraceError } from '../../schemas/errors.ts';

/**
 * Version of the directory. It is raised when an older Millrace would read files wrongly; a directory
 * without a stamp is of before there was one, and is taken over.
 */
export const dataFormat = 1;

const stampShape = z.object({ format: z.int().min(1) });

const fileOf = (dataDir: string) => join(dataDir, 'format.json');

/**
 * Checks the stamp of a directory, and writes this version's. To be called before anything in it is opened.
 * @throws MillraceError `data-dir-newer`
 */
export function stampDataDir(dataDir: string): void {
  const file = fileOf(dataDir);
  const found = existsSync(file) ? formatIn(file) : 0;
  if (found > dataFormat) {
    throw new MillraceError({
      code: 'data-dir-newer',
      what: `${dataDir} was written by a newer Millrace.`,
      why: `Its format is ${found}, and this version knows formats up to ${dataFormat}.`,
      todo: 'Run the newer version again, or name another directory with --data-dir; on your own Kafka all of it can be restored from the topics.',
    });
  }
  if (found === dataFormat) return;
  mkdirSync(dataDir, { recursive: true });
  const temporary = `${file}.${process.pid}`;
  writeFileSync(temporary, `${JSON.stringify({ format: dataFormat })}\n`);
  renameSync(temporary, file);
}

/** A stamp that cannot be read, cut off by a crash for one, is written anew. */
function formatIn(file: string): number {
  try {
    return stampShape.parse(JSON.parse(readFileSync(file, 'utf8'))).format;
  } catch {
    return 0;
  }
}
