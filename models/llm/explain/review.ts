// An explanation in the words of a review: what a user might say of an item, from what the user said of
// others and what others said of this one.
import { guarded } from '../fields.ts';
import { explainer } from '../roles/explainer.ts';

/** Largest number of reviews of each kind in a prompt; the last different ones are kept. */
const MOST = 4;

export interface ReviewFacts {
  /** Titles of the user's own reviews of other items, oldest first. */
  readonly own: readonly string[];
  /** Titles of other people's reviews of the item, oldest first. */
  readonly ofItem: readonly string[];
}

export const noReviews: ReviewFacts = { own: [], ofItem: [] };

/**
 * The prompt that a title is to follow.
 * @param noun what the items are, such as `beauty product`
 */
export function reviewPrompt(facts: ReviewFacts, noun: string): string {
  const own = titles(facts.own);
  const ofItem = titles(facts.ofItem);
  return [
    ...(own.length > 0 ? [`Titles of a customer's reviews of ${noun}s:`, ...own] : []),
    ...(ofItem.length > 0 ? [`What others say of the next ${noun}:`, ...ofItem] : []),
    own.length > 0
      ? `What the customer says of the next ${noun}:`
      : `Title of a customer's review of a ${noun}:`,
    '-',
  ].join('\n');
}

/** The facts as a sentence that needs no model. */
export function reviewTemplate(facts: ReviewFacts, noun: string): string {
  const own = titles(facts.own).at(-1)?.slice(2);
  const ofItem = titles(facts.ofItem).at(-1)?.slice(2);
  if (ofItem !== undefined) return `Others say of this ${noun}: ${ofItem}`;
  return own === undefined ? `This ${noun} may be for you.` : `You said of another ${noun}: ${own}`;
}

/** The last titles that differ, as lines of a list. */
function titles(of: readonly string[]): string[] {
  const said = new Set<string>();
  for (const one of of.toReversed()) {
    if (said.size === MOST) break;
    const title = guarded(explainer, { review: one }).fields.review ?? '';
    if (title !== '') said.add(title);
  }
  return [...said].reverse().map((one) => `- ${one}`);
}
