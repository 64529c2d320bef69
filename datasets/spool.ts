// A file of JSON lines on the side: what would not fit in memory waits here.
import { createWriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import { readLines, textOf } from './lines.ts';

const FLUSH_AT = 1 << 16;

export class SpoolWriter {
  readonly path: string;
  #stream;
  #text = '';
  #failure: unknown = null;

  constructor(path: string) {
    this.path = path;
    this.#stream = createWriteStream(path);
    this.#stream.on('error', (error) => {
      this.#failure = error;
    });
  }

  /** Writes a value. Resolves at once, unless the disk has to catch up. */
  write(value: unknown): Promise<void> | undefined {
    this.#text += `${JSON.stringify(value)}\n`;
    return this.#text.length < FLUSH_AT ? undefined : this.#flush();
  }

  async close(): Promise<void> {
    await this.#flush();
    this.#stream.end();
    await finished(this.#stream);
  }

  #flush(): Promise<void> {
    const text = this.#text;
    this.#text = '';
    return new Promise((resolve, reject) => {
      if (this.#failure) reject(this.#failure);
      else this.#stream.write(text, (error) => (error ? reject(error) : resolve()));
    });
  }
}

/** The values written, in order, in batches. */
export async function* readSpool<T>(path: string): AsyncGenerator<T[]> {
  for await (const { lines } of readLines(path, Number.POSITIVE_INFINITY)) {
    yield lines.map((line) => JSON.parse(textOf(line)) as T);
  }
}
