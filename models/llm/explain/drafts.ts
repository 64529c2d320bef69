// Plain sentences made of facts. They say nothing else, so they are true where the record is.
import type { CitedItem, ExplanationFacts } from './explanation-facts.ts';

/** Facts that a text leans on, as fields. */
export interface Cited {
  readonly citedItems: readonly string[];
  readonly citedGroups: readonly string[];
  /** Attributes, as `name=value`. */
  readonly citedAttributes: readonly string[];
}

export interface Draft extends Cited {
  readonly text: string;
}

/** Largest number of groups named in one sentence. */
const MOST_GROUPS = 3;

/**
 * A reason without a model: the nearest liked item with what it shares or, without one, what is
 * known of the item.
 */
export function plainReason(facts: ExplanationFacts, noun = 'movie'): Draft {
  return draftsOf(facts, noun)[0]!;
}

/**
 * Sentences to choose from, the plainest first: one for each item that may be cited, one for the two
 * nearest together, one for the groups alone. The item is not named: it stands beside its reason.
 */
export function draftsOf(facts: ExplanationFacts, noun = 'movie'): Draft[] {
  const { cited, likedGroups } = facts;
  const drafts = cited.map((one) => becauseOf(one, noun));
  const [first, second] = cited;
  if (first && second) {
    const shared = first.shared.filter((group) => second.shared.includes(group));
    if (shared.length > 0) drafts.push(becauseOfTwo(first, second, shared, noun));
  }
  if (likedGroups.length > 0) drafts.push(becauseOfGroups(likedGroups, noun));
  if (drafts.length === 0) drafts.push(ofItself(facts, noun));
  return drafts;
}

function becauseOf({ itemId, title, shared }: CitedItem, noun: string): Draft {
  const groups = shared.slice(0, MOST_GROUPS);
  const text =
    groups.length > 0
      ? `You liked ${title}; this ${noun} shares ${listed(groups)} with it.`
      : `You liked ${title}; this ${noun} is close to it.`;
  return { text, citedItems: [itemId], citedGroups: groups, citedAttributes: [] };
}

function becauseOfTwo(a: CitedItem, b: CitedItem, shared: string[], noun: string): Draft {
  const groups = shared.slice(0, MOST_GROUPS);
  return {
    text: `You liked ${a.title} and ${b.title}; this ${noun} shares ${listed(groups)} with them.`,
    citedItems: [a.itemId, b.itemId],
    citedGroups: groups,
    citedAttributes: [],
  };
}

function becauseOfGroups(likedGroups: readonly string[], noun: string): Draft {
  const groups = likedGroups.slice(0, MOST_GROUPS);
  return {
    text: `You liked ${listed(groups)} before; this ${noun} has that too.`,
    citedItems: [],
    citedGroups: groups,
    citedAttributes: [],
  };
}

/** A reason for an item that nothing connects with the user. */
function ofItself({ groups, attributes }: ExplanationFacts, noun: string): Draft {
  const named = groups.slice(0, MOST_GROUPS);
  const [attribute] = attributes;
  const citedAttributes = named.length === 0 && attribute !== undefined ? [attribute] : [];
  const what =
    named.length > 0
      ? `It is ${listed(named)}`
      : attribute !== undefined
        ? `Its ${attribute.replace('=', ' is ')}`
        : `It is a ${noun}`;
  const text = `${what}; nothing you liked is known to be like it.`;
  return { text, citedItems: [], citedGroups: named, citedAttributes };
}

/** Names as a list in a sentence: `a`, `a and b`, `a, b and c`. */
export function listed(names: readonly string[]): string {
  if (names.length < 2) return names[0] ?? '';
  return `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}
