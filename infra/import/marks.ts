// What tells a file that was imported from one that was not: its source, its name, and a hash of its content
// and of its mapping.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import type { Source } from '../../datasets/mapping/shape.ts';

const MARK = /^imported\/([^/]+)\/(.+)\/([\w-]+)$/;

/** The mark of a file; as a key of the topic `replays` it says that the file is there. */
export async function markOfFile(source: Source, path: string, name: string): Promise<string> {
  const { from: _from, ...mapping } = source;
  const hash = createHash('sha256').update(JSON.stringify(mapping));
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  const named = name.length > 300 ? name.slice(0, 300) : name;
  return `imported/${source.name}/${named}/${hash.digest('base64url').slice(0, 22)}`;
}

/** Source and file of a mark; undefined for another text. */
export function fileOfMark(mark: string): string | undefined {
  const [, source, file] = MARK.exec(mark) ?? [];
  return source && `${file} of ${source}`;
}

/** Name of the import of some files: another set of them is another import. */
export function importOf(marks: readonly string[]): string {
  const hash = createHash('sha256').update(JSON.stringify(marks));
  return `import-${hash.digest('base64url').slice(0, 12)}`;
}
