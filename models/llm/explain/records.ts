// Records of reasons: one that code made alone, and what is left of a model's once a judge has seen it.
import type { Explanation } from '../../../schemas/topics/explanations.ts';
import { contentHash } from '../hash.ts';
import { type Draft, plainReason } from './drafts.ts';
import { EXPLAIN_PROMPT, unjudged } from './explain.ts';
import type { Facts } from './facts.ts';
import type { Verdict } from './judged.ts';

/** Named by its slate: there is nothing to be remembered, the next time the model may have time. */
export function explanationByCode(
  facts: Facts,
  about: Pick<Explanation, 'impressionId' | 'itemId' | 'userId' | 'at'>,
): Explanation {
  const of = `${about.impressionId} ${about.itemId}`;
  return {
    ...about,
    ...fieldsOf(plainReason(facts)),
    ...unjudged,
    hash: contentHash('facts', EXPLAIN_PROMPT, of),
    model: 'facts',
    score: null,
    removed: 0,
    latencyMs: 0,
    tokens: 0,
  };
}

/**
 * Only a draft that the judge prefers stands, or one that it says nothing of; the plain sentence takes the
 * place of any other.
 * @param verdict undefined where the judge did not answer; it is asked again another time
 * @param hash of a draft with this judge's verdict
 */
export function afterVerdict(
  draft: Explanation,
  verdict: Verdict | undefined,
  plain: Draft,
  { judge, hash }: { readonly judge: string; readonly hash: string },
): Explanation {
  const by = { drafter: draft.model, judge };
  if (verdict === undefined) return { ...draft, ...by, verdict: 'unanswered' };
  if (verdict === 'kept') return { ...draft, ...by, verdict, hash };
  return { ...draft, ...fieldsOf(plain), ...by, verdict, hash, model: 'facts', score: null };
}

function fieldsOf({ text, citedItems, citedGroups, citedAttributes }: Draft) {
  return {
    text,
    citedItems: [...citedItems],
    citedGroups: [...citedGroups],
    citedAttributes: [...citedAttributes],
  };
}
