// How well films named in texts are linked to the catalogue: ReDial marks each by an id, so what should be
// found is known. The title stands in its place as the file has it, without its year, or small besides.

import type { Lexicon } from '../../models/dialogue/reading/lexicon.ts';
import { mentionsIn } from '../../models/dialogue/reading/mentions.ts';
import { titleOf } from '../../models/dialogue/titles.ts';
import type { EvaluationRow } from '../../models/evaluation/evaluation.ts';

/** How a title is written in a text. */
export const writings = {
  'with year': (title: string) => title,
  'without year': (title: string) => titleOf(title).names[0]!,
  'small, without year': (title: string) => titleOf(title).names[0]!.toLowerCase(),
} as const;

export interface MarkedText {
  readonly text: string;
  /** Titles in it, as they are written there. */
  readonly titles: readonly string[];
}

/**
 * Precision and recall of the films found, over all texts. A film that somebody wrote out without an id
 * counts against precision.
 */
export function linkingRows(
  texts: readonly MarkedText[],
  lexicon: Lexicon,
  idOf: (title: string) => string,
): EvaluationRow[] {
  return Object.entries(writings).flatMap(([how, write]) => {
    let [found, right, wanted] = [0, 0, 0];
    for (const { text, titles } of texts) {
      const written = titles.reduce((all, title) => all.replaceAll(title, write(title)), text);
      const gold = new Set(titles.map(idOf));
      const named = new Set(
        mentionsIn(written, lexicon).flatMap(({ kind, name }) => (kind === 'item' ? [name] : [])),
      );
      found += named.size;
      wanted += gold.size;
      for (const name of named) if (gold.has(name)) right += 1;
    }
    const row = (metric: string, of: number): EvaluationRow => {
      return { model: `linked ${how}`, metric, span: 'all', value: of === 0 ? 0 : right / of };
    };
    return [row('precision', found), row('recall', wanted)];
  });
}
