// A stamp says that a step is done, and for which input: the same input again is skipped.
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** Hex SHA-256 over the contents of files (a missing one counts as empty) and words. */
export function digest(files, words = []) {
  const hash = createHash('sha256');
  for (const file of files) hash.update(read(file)).update('\0');
  for (const word of words) hash.update(word).update('\0');
  return hash.digest('hex');
}

export function isStamped(path, value) {
  return read(path).trim() === value;
}

export function stamp(path, value) {
  mkdirSync(dirname(path), { recursive: true });
  const temporary = `${path}.${process.pid}`;
  writeFileSync(temporary, `${value}\n`);
  renameSync(temporary, path);
}

function read(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
