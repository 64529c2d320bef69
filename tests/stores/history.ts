// A history of transactions that anyone can work out again: what the i-th changes, and what is there
// after it.
import { hash32 } from '../../models/random.ts';
import type { Change } from '../../streams/engine/store.ts';
import { type Note, note } from './support.ts';

/** Some forty changes over a few hundred keys, a third of them deletions, with values up to 5 kB. */
export function changesOf(i: number): Change<Note>[] {
  return Array.from({ length: 40 }, (_, k): Change<Note> => {
    const draw = hash32(`${i}/${k}`);
    const key = `key-${draw % 400}`;
    return [key, draw % 3 === 0 ? null : note(key, 'x'.repeat((draw >>> 8) % 5000), i)];
  });
}

export function contentAfter(last: number): Map<string, Note> {
  const content = new Map<string, Note>();
  for (let i = 1; i <= last; i++) {
    for (const [key, value] of changesOf(i)) {
      if (value === null) content.delete(key);
      else content.set(key, value);
    }
  }
  return content;
}
