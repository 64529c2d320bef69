// Names what a language model made by what it was made from, so that doing it twice is harmless.
import { createHash } from 'node:crypto';

/**
 * 128 bits of SHA-256 over model, prompt template and text, in hex.
 * The parts are encoded as a JSON array, so no two different triples run together.
 */
export function contentHash(model: string, prompt: string, text: string): string {
  const bytes = JSON.stringify([model, prompt, text]);
  return createHash('sha256').update(bytes).digest('hex').slice(0, 32);
}
