// The gate in front of every prompt: which fields a role may read, how long each may be, and what is
// masked in it. What is not on the list does not pass.
import { addCounts, type Counts, type Kind, type Known } from '../privacy/kinds.ts';
import { mask } from '../privacy/mask.ts';
import { cleanText, MAX_TEXT } from './clean.ts';
import type { Role } from './roles.ts';

/** A field of a prompt. */
interface Field {
  /** Characters (code points) of a text of it. */
  readonly max: number;
  /** Texts at most, where it is a list; the last ones are kept. */
  readonly texts: number;
  readonly mask: readonly Kind[];
}

/**
 * What a catalogue writes itself: streets and names belong to titles (`21 Jump Street`, `Carrie`), the
 * rest to nobody's title.
 */
const catalogue: readonly Kind[] = ['email', 'iban', 'card', 'ip', 'phone'];
/** What people write: all of it. */
const people: readonly Kind[] = [...catalogue, 'address', 'id', 'name'];

const title: Field = { max: MAX_TEXT, texts: 1, mask: catalogue };
const titles: Field = { max: MAX_TEXT, texts: 32, mask: catalogue };
const groups: Field = { max: 64, texts: 64, mask: catalogue };
const written: Field = { max: 600, texts: 1, mask: people };
const item = { title, text: written, groups, attributes: { max: 120, texts: 16, mask: people } };
const history = { liked: titles, disliked: titles, likedGroups: groups };

/** By role. A user's id, name or anything else of a record is on no list. */
const allowed: Readonly<Record<Role, Readonly<Record<string, Field>>>> = {
  policy: { title, groups, ...history, reason: written, intent: written },
  reasoner: {
    groups,
    ...history,
    dialogue: { max: 300, texts: 12, mask: people },
    context: { max: 88, texts: 8, mask: people },
  },
  representer: { title, groups, intent: written },
  explainer: { ...item, ...history, review: written },
  simulator: {
    ...item,
    ...history,
    persona: written,
    memory: { max: 300, texts: 12, mask: people },
  },
  judge: { ...item, ...history, reason: written, review: written },
};

type Text = string | readonly string[];

export interface Guarded<F extends Record<string, Text>> {
  /** As given, less what may not pass: a text is one clean line, a list has no empty texts. */
  readonly fields: Partial<F>;
  /** What was masked, by kind. */
  readonly masked: Counts;
  /** Fields that may not pass. */
  readonly refused: number;
}

/**
 * What of some fields a prompt of the role may hold. Guarding what is guarded changes nothing.
 * @param known people a text may speak of
 */
export function guarded<F extends Record<string, Text>>(
  role: Role,
  fields: F,
  known: Known = {},
): Guarded<F> {
  const passed: Record<string, Text> = {};
  let masked: Counts = {};
  let refused = 0;
  const pass = (text: string, field: Field): string => {
    const { text: safe, counts } = guardedText(text, field, known);
    masked = addCounts(masked, counts);
    return safe;
  };
  for (const [name, value] of Object.entries(fields)) {
    const field = Object.hasOwn(allowed[role], name) ? allowed[role][name] : undefined;
    if (!field) refused++;
    else if (typeof value === 'string') passed[name] = pass(value, field);
    else {
      const kept = value.map((text) => pass(text, field)).filter((text) => text !== '');
      passed[name] = kept.slice(-field.texts);
    }
  }
  return { fields: passed as Partial<F>, masked, refused };
}

/** Units of a raw text looked at for each character that may pass. */
const SLACK = 8;

function guardedText(text: string, { max, mask: wanted }: Field, known: Known) {
  const raw = text.slice(0, SLACK * max);
  const first = mask(raw, known, wanted);
  // Cleaning may bring together what a line break held apart.
  const second = mask(cleanText(first.text, SLACK * max), known, wanted);
  return { text: cleanText(second.text, max), counts: addCounts(first.counts, second.counts) };
}
