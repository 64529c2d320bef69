// The policy: how well an item fits what a user liked, by a head over the model's hidden states or by
// the likelihood of a title after a history.
import { guarded } from '../fields.ts';
import { defineRole } from '../role.ts';
import { groups, history, title, written } from '../text-fields.ts';
import { ITEM_PROMPT } from './representer.ts';

/** Largest number of liked titles in a history prompt; each costs about 9 tokens. */
export const MAX_HISTORY = 8;

/** Version of `historyPrompt`, `neutralPrompt` and `continuation`. */
export const PMI_PROMPT = 'pmi-1';

export const policy = defineRole({
  name: 'policy',
  doc: 'Scores of items for a user: vectors that the trained head reads, likelihoods of titles.',
  fields: { title, groups, ...history, reason: written, intent: written },
  prompts: [ITEM_PROMPT, PMI_PROMPT],
  usedBy: ['`represent`, for the head of the policy `llm`', '`evaluate paradigms`'],
});

/**
 * The prompt before a title, with what the user liked, oldest first; the last `MAX_HISTORY` are used.
 * Titles follow by `continuation`.
 */
export function historyPrompt(liked: readonly string[], noun = 'movie'): string {
  const titles = guarded(policy, { liked }).fields.liked ?? [];
  if (titles.length === 0) return neutralPrompt(noun);
  return `I liked the ${noun}s ${titles.slice(-MAX_HISTORY).join(', ')}. I also liked the ${noun}`;
}

/** The prompt before a title when nothing is known of the user. */
export function neutralPrompt(noun = 'movie'): string {
  return `I liked the ${noun}`;
}

/** A title as it follows a prompt, with the space that belongs to its first token. */
export function continuation(text: string): string {
  return ` ${guarded(policy, { title: text }).fields.title}`;
}
