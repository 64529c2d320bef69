// Texts beside what people wrote: BLEU over all, BLEU and ROUGE as means of each.
import { corpusBleu, sentenceBleu } from '../metrics/language/bleu.ts';
import { rougeL, rougeN } from '../metrics/language/rouge.ts';
import { wordsOf } from '../text/words.ts';
import { type EvaluationRow, meanRow } from './evaluation.ts';

export interface Written {
  readonly candidate: string;
  readonly reference: string;
}

/** @param of name of the references, which follows the name of the metric */
export function languageRows(
  model: string,
  of: string,
  texts: readonly Written[],
): EvaluationRow[] {
  const pairs = texts.map(({ candidate, reference }) => ({
    candidate: wordsOf(candidate),
    reference: wordsOf(reference),
  }));
  const single = pairs.map(({ candidate, reference }) => ({ candidate, references: [reference] }));
  const means: Record<string, number[]> = {
    'BLEU sentence': single.map(sentenceBleu),
    'ROUGE-1': pairs.map(({ candidate, reference }) => rougeN(candidate, reference, 1).f),
    'ROUGE-2': pairs.map(({ candidate, reference }) => rougeN(candidate, reference, 2).f),
    'ROUGE-L': pairs.map(({ candidate, reference }) => rougeL(candidate, reference).f),
  };
  return [
    { model, metric: `BLEU ${of}`, span: 'all', value: corpusBleu(single) },
    ...Object.entries(means).map(([metric, values]) => meanRow(model, `${metric} ${of}`, values)),
  ];
}
