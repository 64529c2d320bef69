// The reasoner: what a user seems to want, from a history and from what they say. These are the words it
// is asked in; what the user and the catalogue said has passed the gate before.
import type { Counts } from '../../privacy/kinds.ts';
import { guarded } from '../fields.ts';
import type { Situation } from '../reasoner/situation.ts';
import { defineRole } from '../role.ts';
import { groups, history, people, talk } from '../text-fields.ts';

/** Version of the prompts of this file. */
export const REASON_PROMPT = 'reason-1';

export const reasoner = defineRole({
  name: 'reasoner',
  doc: 'What a user seems to want: groups, a mood, conditions, and how sure that is.',
  fields: { groups, ...history, dialogue: talk, context: { max: 88, texts: 8, mask: people } },
  prompts: [REASON_PROMPT],
  usedBy: ['`reason`', '`evaluate intents`', '`evaluate paradigms`'],
});

/** Largest number of titles of a history that are read, each at about 9 tokens for each reading. */
export const READ_TITLES = 5;

/** Largest number of things said that are read, the last ones. */
const READ_SAID = 4;

/** Moods that a reading may find. */
export const moods = [
  'light',
  'funny',
  'warm',
  'romantic',
  'thoughtful',
  'sad',
  'tense',
  'scary',
  'dark',
  'exciting',
  'adventurous',
  'nostalgic',
] as const;

/** The part of a situation that passed the gate. */
export interface Told {
  readonly liked: readonly string[];
  readonly disliked: readonly string[];
  readonly dialogue: readonly string[];
  readonly context: readonly string[];
  readonly masked: Counts;
}

export function toldOf({ liked, disliked, dialogue = [], context = [], known }: Situation): Told {
  const last = (items: Situation['liked']) => items.slice(-READ_TITLES).map(({ title }) => title);
  const said = dialogue.slice(-READ_SAID);
  const given = { liked: last(liked), disliked: last(disliked), dialogue: said, context };
  const { fields, masked } = guarded(reasoner, given, known);
  const { liked: likes = [], disliked: dislikes = [], ...rest } = fields;
  return {
    liked: likes,
    disliked: dislikes,
    dialogue: rest.dialogue ?? [],
    context: rest.context ?? [],
    masked,
  };
}

/** Names of what the catalogue holds and of its groups. */
export interface Nouns {
  readonly item: string;
  readonly group: string;
}

const list = (titles: readonly string[], { item }: Nouns) => `the ${item}s ${titles.join(', ')}.`;

/** Everything told except the dislikes, in a few sentences; empty if nothing was told. */
function tale({ liked, dialogue, context }: Told, nouns: Nouns): string {
  const sentences = [
    ...(context.length > 0 ? [`It is ${context.join(', ')}.`] : []),
    ...(liked.length > 0 ? [`I liked ${list(liked, nouns)}`] : []),
    ...dialogue.map((said) => `I say: "${said.replaceAll('"', "'")}".`),
  ];
  return sentences.join(' ');
}

/**
 * Prompts whose continuation is the name of a wanted group: with the history in order, back to
 * front, and as a list.
 */
export function wantPrompts(told: Told, nouns: Nouns): string[] {
  const { item, group } = nouns;
  const ask = (liked: readonly string[]) =>
    `${tale({ ...told, liked }, nouns)} My favourite ${group} is`.trimStart();
  const rest = tale({ ...told, liked: [] }, nouns);
  const listed = [`${capital(item)}s: ${told.liked.join('; ')}`, ...(rest === '' ? [] : [rest])];
  const list = [...listed, `${capital(group)}:`].join('\n');
  return [ask(told.liked), ask(told.liked.toReversed()), list];
}

/** A situation in which nothing was told. */
export const nothing: Told = { liked: [], disliked: [], dialogue: [], context: [], masked: {} };

/** The prompt for a mood and for what an item must be, which are written under a grammar. */
export function writePrompt(told: Told, wanted: readonly string[], nouns: Nouns): string {
  const wants = wanted.length > 0 ? ` I want ${wanted.join(', ')}.` : '';
  return `${tale(told, nouns)}${wants} In one word, what mood do I look for, and which ${nouns.group}s must it have?`.trimStart();
}

/**
 * The prompt for a vector of the intent. It has the form of an item's prompt, so that the vectors
 * can be compared.
 */
export function intentPrompt(wanted: readonly string[], mood: string, { item }: Nouns): string {
  const kind = mood === '' ? '' : `${mood} `;
  const tail = wanted.length === 0 ? '' : `, genres ${wanted.join(', ')}`;
  return `The ${kind}${item}${tail}`;
}

const capital = (word: string) => word.slice(0, 1).toUpperCase() + word.slice(1);
