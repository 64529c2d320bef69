// BLEU: Papineni, Roukos, Ward & Zhu 2002, "BLEU: a Method for Automatic Evaluation of Machine
// Translation". Words come as given; see models/text/words.ts for one way to cut a text into them.
import { ngrams } from './ngrams.ts';

/** A candidate text, and texts it might have been. */
export interface Pair {
  readonly candidate: readonly string[];
  /** One reference or more. */
  readonly references: readonly (readonly string[])[];
}

export interface Precision {
  /**
   * Number of n-grams of the candidate that a reference has, each counted at most as often as in
   * one reference.
   */
  readonly matched: number;
  /** Number of n-grams of the candidate. */
  readonly total: number;
}

/** Modified n-gram precision, as its two parts (section 2.1.1). */
export function modifiedPrecision({ candidate, references }: Pair, n: number): Precision {
  const own = ngrams(candidate, n);
  const others = references.map((reference) => ngrams(reference, n));
  let matched = 0;
  for (const [gram, count] of own) {
    matched += Math.min(count, Math.max(...others.map((other) => other.get(gram) ?? 0)));
  }
  return { matched, total: Math.max(0, candidate.length - n + 1) };
}

/** Largest length of the n-grams, which have uniform weights (section 2.3). */
const MOST = 4;

/**
 * BLEU of a corpus (section 2.3): counts are summed before they are divided. 0 if no n-gram of some
 * length matches anywhere.
 */
export function corpusBleu(pairs: readonly Pair[]): number {
  return bleu(pairs, ({ matched, total }) => [matched, total]);
}

/**
 * BLEU of one sentence, smoothed by adding one to both counts for n > 1 (Lin & Och 2004, "ORANGE",
 * section 4): most sentences have no run of four words in common with their reference.
 */
export function sentenceBleu(pair: Pair): number {
  return bleu([pair], ({ matched, total }, n) =>
    n === 1 ? [matched, total] : [matched + 1, total + 1],
  );
}

function bleu(
  pairs: readonly Pair[],
  counted: (sum: Precision, n: number) => [matched: number, total: number],
): number {
  let logs = 0;
  for (let n = 1; n <= MOST; n++) {
    const sum = { matched: 0, total: 0 };
    for (const pair of pairs) {
      const { matched, total } = modifiedPrecision(pair, n);
      sum.matched += matched;
      sum.total += total;
    }
    const [matched, total] = counted(sum, n);
    if (matched === 0) return 0;
    logs += Math.log(matched / total) / MOST;
  }
  return brevityPenalty(pairs) * Math.exp(logs);
}

/**
 * Brevity penalty (section 2.2.2): 1, or exp(1 − r / c) if the candidates are shorter than the
 * nearest references.
 */
function brevityPenalty(pairs: readonly Pair[]): number {
  let c = 0;
  let r = 0;
  for (const { candidate, references } of pairs) {
    c += candidate.length;
    r += nearestLength(
      candidate.length,
      references.map(({ length }) => length),
    );
  }
  return c > r ? 1 : Math.exp(1 - r / c);
}

/** Length of the nearest reference; of two as near, the shorter. */
function nearestLength(length: number, of: readonly number[]): number {
  return of.reduce((best, one) => {
    const nearer = Math.abs(one - length) - Math.abs(best - length);
    return nearer < 0 || (nearer === 0 && one < best) ? one : best;
  });
}
