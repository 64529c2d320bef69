// What becomes of the model's own words, and what a judge makes of reasons: on choices of MovieLens.
import { type EvaluationRow, meanRow } from '../../models/evaluation/evaluation.ts';
import { plainReason } from '../../models/llm/explain/drafts.ts';
import { Explainer, type Reason } from '../../models/llm/explain/explain.ts';
import type { ExplanationFacts } from '../../models/llm/explain/explanation-facts.ts';
import { factsKey, factsOf, type Similarity } from '../../models/llm/explain/facts.ts';
import { explanationOf } from '../../models/llm/explain/records.ts';
import { contentHash } from '../../models/llm/hash.ts';
import { aspectNames, Judge, type Preference, positionBias } from '../../models/llm/judge.ts';
import type { LanguageModel } from '../../models/llm/port.ts';
import { EXPLAIN_PROMPT } from '../../models/llm/roles/explainer.ts';
import type { Explanation } from '../../schemas/topics/explanations.ts';
import type { Judgement } from '../../schemas/topics/judgements.ts';
import type { Ranked } from './next-liked.ts';

export interface WrittenReason {
  readonly facts: ExplanationFacts;
  readonly written: Reason;
  /** Record of the reason that the model wrote. */
  readonly record: Explanation;
}

/** Reasons for the films that were liked next, with the model's own words. */
export async function writtenReasons(
  { items, choices }: Ranked,
  model: LanguageModel,
  similarity: Similarity,
  seed: number,
  onReason: (done: number) => void,
): Promise<WrittenReason[]> {
  const vocabulary = [...new Set([...items.values()].flatMap(({ groups }) => groups))];
  const explainer = new Explainer(model, { prose: true, seed });
  const made: WrittenReason[] = [];
  for (const { userId, at, history, candidates, liked } of choices) {
    const itemId = candidates[liked]!;
    const before = history.slice(-20).map((id) => items.get(id)!);
    const facts = factsOf(items.get(itemId)!, before, similarity);
    const begun = performance.now();
    const written = await explainer.explain(facts, vocabulary);
    const record = explanationOf(written, {
      hash: contentHash(model.name, `${EXPLAIN_PROMPT} evaluated ${seed}`, factsKey(facts)),
      impressionId: `evaluated-${seed}-${userId}-${itemId}`,
      ...{ itemId, userId, at, model: model.name, adapter: 0 },
      latencyMs: performance.now() - begun,
    });
    made.push({ facts, written, record });
    onReason(made.length);
  }
  return made;
}

/** How often the model's words stayed, what was false in them, and whether they speak for the item. */
export function writtenRows(reasons: readonly WrittenReason[]): EvaluationRow[] {
  const row = (metric: string, values: readonly number[]) => meanRow('own words', metric, values);
  const share = (is: (reason: WrittenReason) => boolean) => reasons.map((one) => (is(one) ? 1 : 0));
  return [
    row(
      'kept at once',
      share(({ written }) => written.prose === 'first'),
    ),
    row(
      'kept of the second try',
      share(({ written }) => written.prose === 'second'),
    ),
    row(
      'replaced by the plain sentence',
      share(({ written }) => written.prose === 'plain'),
    ),
    row(
      'false claims each',
      reasons.map(({ written }) => written.removed.length),
    ),
    row(
      'PMI with own words less without',
      reasons.map(({ written }) => written.score - written.chosenScore),
    ),
    row(
      'PMI of the chosen sentence',
      reasons.map(({ written }) => written.chosenScore),
    ),
  ];
}

/**
 * Rows of the judge on pairs with a known answer, a true reason and one that was true of another
 * film for another user; then its marks for the written reasons.
 */
export async function judged(
  reasons: readonly WrittenReason[],
  model: LanguageModel,
  at: number,
  onReason: (done: number) => void,
): Promise<{ rows: EvaluationRow[]; judgements: Judgement[] }> {
  const judge = new Judge(model);
  const preferences: Preference[] = [];
  const judgements: Judgement[] = [];
  for (const [i, { facts, record }] of reasons.entries()) {
    const other = plainReason(reasons[(i + 1) % reasons.length]!.facts).text;
    const lines = factLines(facts);
    preferences.push(await judge.prefer(lines, [plainReason(facts).text, other]));
    for (const aspect of aspectNames) {
      const score = await judge.rate(lines, record.text, aspect);
      const by = model.name;
      const judgementId = `${record.hash}-${by}-${aspect}`;
      judgements.push({ judgementId, hash: record.hash, at, judge: 'model', by, aspect, score });
    }
    onReason(i + 1);
  }
  return { rows: judgeRows(preferences, judgements), judgements };
}

function factLines({ title, groups, liked }: ExplanationFacts): string[] {
  return [
    `Movie: ${title}`,
    `Genres: ${groups.join(', ')}`,
    ...liked.slice(-6).map((one) => `The user liked: ${one.title}`),
  ];
}

function judgeRows(
  preferences: readonly Preference[],
  judgements: readonly Judgement[],
): EvaluationRow[] {
  const row = (metric: string, values: readonly number[]) => meanRow('judge', metric, values);
  const { bias, swayed } = positionBias(preferences);
  const plain = (metric: string, value: number): EvaluationRow => ({
    model: 'judge',
    metric,
    span: 'all',
    value,
  });
  return [
    row(
      'prefers the true reason in both orders',
      preferences.map(({ prefers }) => (prefers === 0 ? 1 : 0)),
    ),
    row(
      'prefers the false reason in both orders',
      preferences.map(({ prefers }) => (prefers === 1 ? 1 : 0)),
    ),
    plain('swayed by the place', swayed),
    plain('P(first place) less a half', bias),
    ...aspectNames.map((aspect) =>
      row(
        `mark: ${aspect}`,
        judgements.filter((one) => one.aspect === aspect).map(({ score }) => score),
      ),
    ),
  ];
}
