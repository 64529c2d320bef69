// ROUGE: Lin 2004, "ROUGE: A Package for Automatic Evaluation of Summaries". Against one reference;
// F weighs precision and recall alike (β = 1).
import { ngrams } from './ngrams.ts';

export interface Overlap {
  readonly precision: number;
  readonly recall: number;
  readonly f: number;
}

/**
 * ROUGE-N (section 2): its recall, equation 1, is the share of the reference's n-grams that the
 * candidate has.
 */
export function rougeN(
  candidate: readonly string[],
  reference: readonly string[],
  n: number,
): Overlap {
  const own = ngrams(candidate, n);
  let matched = 0;
  for (const [gram, count] of ngrams(reference, n)) matched += Math.min(count, own.get(gram) ?? 0);
  const of = ({ length }: readonly string[]) => Math.max(0, length - n + 1);
  return overlap(matched, of(candidate), of(reference));
}

/** ROUGE-L (section 3.1, equations 2 to 4): by the longest common subsequence. */
export function rougeL(candidate: readonly string[], reference: readonly string[]): Overlap {
  return overlap(commonLength(candidate, reference), candidate.length, reference.length);
}

/**
 * Length of the longest common subsequence: words in the same order, not necessarily side by side.
 */
function commonLength(a: readonly string[], b: readonly string[]): number {
  let row = new Array<number>(b.length + 1).fill(0);
  for (const word of a) {
    const next = [0];
    for (const [j, other] of b.entries()) {
      next.push(word === other ? row[j]! + 1 : Math.max(row[j + 1]!, next[j]!));
    }
    row = next;
  }
  return row.at(-1)!;
}

/** Recall, precision and F of counts; all are 0 if both texts are empty. */
function overlap(matched: number, candidate: number, reference: number): Overlap {
  const precision = candidate === 0 ? 0 : matched / candidate;
  const recall = reference === 0 ? 0 : matched / reference;
  const f = matched === 0 ? 0 : (2 * precision * recall) / (precision + recall);
  return { precision, recall, f };
}
