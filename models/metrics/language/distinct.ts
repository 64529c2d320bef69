// How varied texts are: distinct-n (Li, Galley, Brockett, Gao & Dolan 2016, NAACL), over all of them.
import { ngrams } from './ngrams.ts';

/** Different runs of n words ÷ all runs of n words in the texts; 0 if there is none. */
export function distinctN(texts: readonly (readonly string[])[], n: number): number {
  const different = new Set<string>();
  let all = 0;
  for (const words of texts) {
    for (const [gram, count] of ngrams(words, n)) {
      different.add(gram);
      all += count;
    }
  }
  return all === 0 ? 0 : different.size / all;
}
