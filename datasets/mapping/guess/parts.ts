// Guesses what happened in events: a field says so, or a flag, the name of the file, or the values.

import { feedbackKinds } from '../../../schemas/topics/clicks.ts';
import { pathOf } from '../path.ts';
import type { RowKind } from '../shape.ts';
import { textOf } from '../values.ts';
import { type Found, looksLikeNumber } from './fields.ts';
import type { GuessedRule, Reason, Unclear } from './guessed.ts';
import type { Column, Sample } from './profile.ts';
import { verbOf, wordsOf } from './words.ts';

/** Kinds that rows have before it is known which of them show items. */
export type Verb = 'list' | 'view' | RowKind;

export interface Part {
  readonly verb: Verb;
  readonly where: GuessedRule['where'];
  readonly why: Reason;
  readonly sample: Sample;
}

/** The sample by what happened: by the field that says so, else by a flag, the name, or the values. */
export function partsOf(
  sample: Sample,
  event: Found | undefined,
  columns: readonly Column[],
  kind: string | undefined,
): { found: Part[]; unclear: Unclear[] } {
  if (kind !== undefined) return whole(kind as Verb, 'as you said', sample);
  if (event) {
    const { path, distinct } = event.column;
    const field = pathOf(path);
    const parts = [...distinct].map((value): Part => {
      const verb = (verbOf(value) ?? 'ignored') as Verb;
      const because = verbOf(value)
        ? `${JSON.stringify(value)} reads so`
        : `nothing is known of ${JSON.stringify(value)}`;
      const rows = sample.rows.filter((row) => textOf(field.of(row)) === value);
      return {
        verb,
        where: { [path]: value },
        why: { confidence: 0.8, because },
        sample: { ...sample, rows },
      };
    });
    return { found: parts, unclear: [] };
  }
  const flag = columns.find(
    ({ path, distinct }) =>
      wordsOf(path).some((word) =>
        ['clicked', 'click', 'clk', 'purchased', 'bought'].includes(word),
      ) && [...distinct].every((value) => /^(?:0|1|true|false)$/.test(value)),
  );
  if (flag) {
    const yes = [...flag.distinct].filter((value) => value === '1' || value === 'true');
    const because = `${flag.path} says whether it was ${verbOf(flag.path) === 'buy' ? 'bought' : 'clicked'}, so every row was shown`;
    const why = { confidence: 0.8, because };
    return {
      found: [
        { verb: 'list', where: undefined, why, sample },
        { verb: (verbOf(flag.path) ?? 'click') as Verb, where: { [flag.path]: yes }, why, sample },
      ],
      unclear: [],
    };
  }
  const stars = columns.find(
    (one) => looksLikeNumber(one, 'value') && /rating|star|score/.test(one.path.toLowerCase()),
  );
  if (stars) return whole('rating', `${stars.path} is a rating`, sample);
  const verb = verbOf(sample.name);
  if (verb) return whole(verb as Verb, `the name ${JSON.stringify(sample.name)} reads so`, sample);
  const paid = columns.find((one) => looksLikeNumber(one, 'value'));
  if (paid) return whole('buy', `${paid.path} is an amount`, sample);
  const says = 'what happened: no field has names of events such as "view" or "purchase"';
  const options = ['impression', ...feedbackKinds];
  return { found: [], unclear: [{ about: 'kind', says, options }] };
}

const whole = (verb: Verb, because: string, sample: Sample) => ({
  found: [{ verb, where: undefined, why: { confidence: 0.7, because }, sample }],
  unclear: [],
});
