// A second look at a reason: another model than the one that drafted it compares the draft with the plain
// sentence, in both orders. The checks of claims come before; this can only take a draft back, not add
// to it.
import type { MillraceError } from '../../../schemas/errors.ts';
import { type Case, Judge } from '../judge.ts';
import type { LanguageModel } from '../port.ts';
import { judge } from '../roles/judge.ts';
import { unusableAnswer } from '../unusable.ts';
import { listed } from './drafts.ts';
import type { ExplanationFacts } from './explanation-facts.ts';

/**
 * What the judge finds in both orders. `kept`: it prefers the draft; `replaced`: it prefers the
 * plain sentence; `swayed`: it prefers a place, so nothing speaks for the draft.
 */
export type Verdict = 'kept' | 'replaced' | 'swayed';

/** Largest number of attributes that the judge is told. */
const MOST_ATTRIBUTES = 6;
/** Largest number of liked items that the judge is told. */
const MOST_LIKED = 6;

/**
 * The verdict on a draft, from two likelihoods.
 * @throws MillraceError `answer-unusable` if they are no numbers
 */
export async function verdictOn(
  draft: string,
  plain: string,
  facts: ExplanationFacts,
  model: Pick<LanguageModel, 'name' | 'score'>,
): Promise<Verdict> {
  const { first, prefers } = await new Judge(model).prefer(caseOf(facts), [draft, plain]);
  if (!first.every(Number.isFinite)) throw unusable(model.name);
  return prefers === 0 ? 'kept' : prefers === 1 ? 'replaced' : 'swayed';
}

/** What the judge is told: the record, what a reason may lean on, and the latest likes. */
function caseOf({ title, groups, attributes, cited, liked }: ExplanationFacts): Case {
  const leaned = new Set(cited.map(({ itemId }) => itemId));
  return [
    `Item: ${title}`,
    ...(groups.length > 0 ? [`It is: ${listed(groups)}`] : []),
    ...attributes.slice(0, MOST_ATTRIBUTES).map((one) => one.replace('=', ': ')),
    ...liked
      .filter(({ itemId }) => !leaned.has(itemId))
      .slice(-MOST_LIKED)
      .map((one) => `The user liked: ${one.title}`),
    ...cited.map((one) =>
      one.groups.length > 0
        ? `The user liked: ${one.title} (${listed(one.groups)})`
        : `The user liked: ${one.title}`,
    ),
  ];
}

function unusable(name: string): MillraceError {
  const why = 'Its likelihoods are to be finite numbers.';
  return unusableAnswer(name, { gave: 'a judgement', why, variable: judge.variable });
}
