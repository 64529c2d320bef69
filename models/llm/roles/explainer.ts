// The explainer: why an item is recommended, in a sentence after one that code made of facts.
import { type Draft, listed } from '../explain/drafts.ts';
import type { ExplanationFacts } from '../explain/explanation-facts.ts';
import type { Turn } from '../port.ts';
import { defineRole } from '../role.ts';
import { history, item, written } from '../text-fields.ts';

/** Version of `explainPrompt`. */
export const EXPLAIN_PROMPT = 'explain-2';
/** Version of the words that a reason is weighed by (explain/reason-pmi.ts). */
export const REASON_PMI_PROMPT = 'reason-pmi-1';

export const explainer = defineRole({
  name: 'explainer',
  doc: 'Reasons for recommended items: chooses among true sentences; one named for it also writes.',
  fields: { ...item, ...history, review: written },
  prompts: [EXPLAIN_PROMPT, REASON_PMI_PROMPT],
  usedBy: ['`explain`', '`evaluate explanations`', '`tune`'],
});

/**
 * Beginning of the model's sentence: after a whole sentence it would take the text for finished.
 */
export const BEGUN = 'It';

/** The prompt: the facts as data, the task, and the sentence that the model goes on from. */
export function explainPrompt(facts: ExplanationFacts, draft: Draft, noun: string): Turn {
  const { title, groups, attributes, cited } = facts;
  const lines = [
    `${noun}: ${title}`,
    ...(groups.length > 0 ? [`It is: ${listed(groups)}`] : []),
    ...attributes.map((one) => one.replace('=', ': ')),
    ...cited.map((one) => `The user liked: ${one.title} (${listed(one.groups)})`),
  ];
  return {
    system: `You say why a ${noun} is recommended, in one short sentence, by these facts alone.`,
    user: `${lines.join('\n')}\nWhy is ${title} recommended to this user?`,
    begin: `${draft.text} ${BEGUN}`,
  };
}
