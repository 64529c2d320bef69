// What is said in a turn: a recommendation, a question, or why something was recommended. By the facts alone;
// a language model may say it otherwise.

/** What a reply does. */
export const acts = ['recommend', 'ask', 'explain', 'close'] as const;
export type Act = (typeof acts)[number];

export interface SaidItem {
  readonly title: string;
  /** Groups that it shares with what was wanted or liked. */
  readonly shared: readonly string[];
  /** Title of the item named that it is nearest to; empty for none. */
  readonly near: string;
}

const list = (words: readonly string[], last: string) =>
  words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} ${last} ${words.at(-1)}`;

/** Why an item: by what it shares with what was said. */
export function reasonOf({ shared, near }: SaidItem): string {
  if (near !== '' && shared.length > 0)
    return `people who liked ${near} like it, and it is ${list(shared.map(kind), 'and')}`;
  if (near !== '') return `people who liked ${near} like it`;
  if (shared.length > 0) return `it is ${list(shared.map(kind), 'and')}`;
  return 'many people like it';
}

/** A group in a sentence: `Comedy` is comedy, `1990s` from the 1990s. */
export const kind = (group: string) =>
  /^\d{4}s$/.test(group) ? `from the ${group}` : group.toLowerCase();

export function recommendText(items: readonly SaidItem[], avoid: readonly string[]): string {
  const [first, ...others] = items;
  if (!first) return 'Nothing is left that fits. Shall we drop one of your wishes?';
  const rest = others.map(({ title }) => title);
  const also = rest.length > 0 ? ` Also ${list(rest, 'and')}.` : '';
  const without = avoid.length > 0 ? ` No ${list(avoid.map(kind), 'or')}, as you said.` : '';
  return `How about ${first.title}? I think of it because ${reasonOf(first)}.${also}${without}`;
}

export function askText(groups: readonly string[]): string {
  return groups.length === 1
    ? `Would you like something that is ${kind(groups[0]!)}?`
    : `Which would you like more: ${list(groups.map(kind), 'or')}?`;
}

export function explainText(items: readonly SaidItem[]): string {
  if (items.length === 0) return 'I have recommended nothing yet: tell me what you like.';
  return items.map((item) => `${item.title}: ${reasonOf(item)}.`).join(' ');
}

export const closeText = 'Enjoy it!';
