// The gate in front of every prompt: a text passes where its field is on the list of the role, masked,
// cleaned and bounded as the list says. What is not on the list does not pass.
import { addCounts, type Counts, type KnownPeople } from '../privacy/kinds.ts';
import { mask } from '../privacy/mask.ts';
import { cleanText } from './clean.ts';
import type { RoleDef } from './role.ts';
import type { TextField } from './text-fields.ts';

type Text = string | readonly string[];

export interface Guarded<F extends Record<string, Text>> {
  /** The fields that pass: a text is one clean line, and a list has no empty texts. */
  readonly fields: Partial<F>;
  /** What was masked, by kind. */
  readonly masked: Counts;
  /** Number of fields that may not pass. */
  readonly refused: number;
}

/**
 * The fields as a prompt of the role may hold them. Guarding what is guarded changes nothing.
 * @param known people whom a text may speak of
 */
export function guarded<F extends Record<string, Text>>(
  role: Pick<RoleDef, 'fields'>,
  fields: F,
  known: KnownPeople = {},
): Guarded<F> {
  const passed: Record<string, Text> = {};
  let masked: Counts = {};
  let refused = 0;
  const pass = (text: string, field: TextField): string => {
    const { text: safe, counts } = guardedText(text, field, known);
    masked = addCounts(masked, counts);
    return safe;
  };
  for (const [name, value] of Object.entries(fields)) {
    const field = Object.hasOwn(role.fields, name) ? role.fields[name] : undefined;
    if (!field) refused++;
    else if (typeof value === 'string') passed[name] = pass(value, field);
    else {
      const kept = value.map((text) => pass(text, field)).filter((text) => text !== '');
      passed[name] = kept.slice(-field.texts);
    }
  }
  return { fields: passed as Partial<F>, masked, refused };
}

/** Number of units of a raw text that are looked at, for each character that may pass. */
const SLACK = 8;

function guardedText(text: string, { max, mask: wanted }: TextField, known: KnownPeople) {
  const raw = text.slice(0, SLACK * max);
  const first = mask(raw, known, wanted);
  // Cleaning may bring together what a line break held apart.
  const second = mask(cleanText(first.text, SLACK * max), known, wanted);
  return { text: cleanText(second.text, max), counts: addCounts(first.counts, second.counts) };
}
