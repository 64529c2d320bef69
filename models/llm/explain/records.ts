// Records of reasons: of a model's, of one that code made alone, and what is left of a model's once a judge has seen it.
import type { Explanation } from '../../../schemas/topics/explanations.ts';
import { contentHash } from '../hash.ts';
import { EXPLAIN_PROMPT } from '../roles/explainer.ts';
import { type Draft, plainReason } from './drafts.ts';
import type { Reason } from './explain.ts';
import type { ExplanationFacts } from './explanation-facts.ts';
import type { Verdict } from './judged.ts';

/** The record of a reason that no judge was asked about. */
export function explanationOf(
  { score, removed, tokens, ...draft }: Pick<Reason, 'score' | 'removed' | 'tokens'> & Draft,
  about: Pick<
    Explanation,
    'hash' | 'impressionId' | 'itemId' | 'userId' | 'at' | 'model' | 'adapter' | 'latencyMs'
  >,
): Explanation {
  return {
    ...about,
    ...fieldsOf(draft),
    score: Number.isFinite(score) ? score : null,
    removed: removed.length,
    tokens,
    drafter: '',
    judge: '',
    verdict: 'none',
  };
}

/**
 * The record of a reason by code. Its key is that of the slate, so that it is not remembered for
 * the next time, when the model may have time.
 */
export function explanationByCode(
  facts: ExplanationFacts,
  about: Pick<Explanation, 'impressionId' | 'itemId' | 'userId' | 'at'>,
): Explanation {
  const hash = contentHash('facts', EXPLAIN_PROMPT, `${about.impressionId} ${about.itemId}`);
  const reason = { ...plainReason(facts), score: Number.NaN, removed: [], tokens: 0 };
  return explanationOf(reason, { ...about, hash, model: 'facts', adapter: 0, latencyMs: 0 });
}

/**
 * The record after a judge was asked. A draft stands if the judge prefers it or gives no verdict;
 * otherwise the plain sentence takes its place.
 * @param verdict undefined if the judge did not answer; it is asked again another time
 * @param hash hash of a draft with this judge's verdict
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
