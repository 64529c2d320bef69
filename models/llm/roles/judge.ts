// The judge: compares or marks what another model wrote.
import { guarded } from '../fields.ts';
import { defineRole } from '../role.ts';
import { history, item, written } from '../text-fields.ts';

/** Version of `comparePrompt` and `ratePrompt`. */
export const JUDGE_PROMPT = 'judge-1';

export const judge = defineRole({
  name: 'judge',
  doc: 'Which of two texts fits the facts better, and marks from 1 to 5.',
  fields: { ...item, ...history, reason: written, review: written },
  prompts: [JUDGE_PROMPT],
  usedBy: ['`explain`, where it has a model of its own', '`evaluate explanations`'],
});

/**
 * The prompt that compares two texts; the model goes on with ` 1` or ` 2`.
 * @param facts facts, one a line
 */
export function comparePrompt(facts: readonly string[], one: string, two: string): string {
  return `${factsText(facts)}\nExplanation 1: ${reasonText(one)}\nExplanation 2: ${reasonText(two)}\nThe explanation that fits the facts better is explanation`;
}

/**
 * The prompt that marks one text; the model goes on with a mark from ` 1` to ` 5`.
 * @param facts facts, one a line
 */
export function ratePrompt(facts: readonly string[], text: string, question: string): string {
  return `${factsText(facts)}\nExplanation: ${reasonText(text)}\n${question}, from 1, not at all, to 5, very? Mark:`;
}

const reasonText = (text: string) => guarded(judge, { reason: text }).fields.reason ?? '';

function factsText(facts: readonly string[]): string {
  return guarded(judge, { attributes: facts }).fields.attributes?.join('\n') ?? '';
}
