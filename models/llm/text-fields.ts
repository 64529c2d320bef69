// Texts that prompts may hold: how long each may be, how many of a list, and what is masked in it.
import type { Kind } from '../privacy/kinds.ts';
import { MAX_TEXT } from './clean.ts';

/** A text of a prompt, or a list of texts. */
export interface TextField {
  /** Largest number of characters (code points) of one text. */
  readonly max: number;
  /** Largest number of texts in a list; the last ones are kept. */
  readonly texts: number;
  /** Kinds of personal data that are masked. */
  readonly mask: readonly Kind[];
}

/** Fields of a prompt, by name. */
export type TextFields = Readonly<Record<string, TextField>>;

/**
 * Kinds masked in what a catalogue writes. Streets and names stay, since they belong to titles (`21
 * Jump Street`, `Carrie`).
 */
const catalogue: readonly Kind[] = ['email', 'iban', 'card', 'ip', 'phone'];
/** Kinds masked in what people write: all of them. */
export const people: readonly Kind[] = [...catalogue, 'address', 'id', 'name'];

export const title: TextField = { max: MAX_TEXT, texts: 1, mask: catalogue };
const titles: TextField = { max: MAX_TEXT, texts: 32, mask: catalogue };
export const groups: TextField = { max: 64, texts: 64, mask: catalogue };
/** Free text by people, such as a review. */
export const written: TextField = { max: 600, texts: 1, mask: people };
/** Several texts by people, such as turns of a dialogue. */
export const talk: TextField = { max: 300, texts: 12, mask: people };

/** Fields of an item's record. */
export const item: TextFields = {
  title,
  text: written,
  groups,
  attributes: { max: 120, texts: 16, mask: people },
};

/** Fields of what a user liked and disliked. */
export const history: TextFields = { liked: titles, disliked: titles, likedGroups: groups };
