// Personal data leaves a text before anyone else reads it: each becomes the name of its kind, such as
// `[email]`. What was there is counted by kind and kept nowhere.
import { type Folded, fold } from './fold.ts';
import { addCounts, type Counts, type Kind, type KnownPeople, kinds, type Span } from './kinds.ts';
import { addressesOfHosts, cards, ibans, phones } from './numbers.ts';
import { addresses, emails, ids, names } from './words.ts';

export interface Masked {
  readonly text: string;
  readonly counts: Counts;
}

const finders: Record<Kind, (text: string, known: KnownPeople) => Span[]> = {
  email: emails,
  iban: ibans,
  card: cards,
  ip: addressesOfHosts,
  address: addresses,
  phone: phones,
  id: ids,
  name: names,
};

/** Matches masks, into which no further pass looks. */
const TOKENS = new RegExp(`\\[(?:${kinds.join('|')})\\]`, 'g');

/**
 * Number of passes: a mask may uncover a neighbour, such as the second of two numbers run together.
 */
const PASSES = 4;

/**
 * Masks personal data, in time proportional to the text. Masking what is masked changes nothing.
 * @param wanted kinds that are looked for; where finds overlap, the kind that is first in `kinds`
 * has them.
 * @default all
 */
export function mask(
  text: string,
  known: KnownPeople = {},
  wanted: readonly Kind[] = kinds,
): Masked {
  let masked: Masked = { text, counts: {} };
  for (let pass = 0; pass < PASSES; pass++) {
    const next = maskOnce(masked.text, known, wanted);
    if (next.text === masked.text) break;
    masked = { text: next.text, counts: addCounts(masked.counts, next.counts) };
  }
  return masked;
}

interface Found extends Span {
  readonly kind: Kind;
}

function maskOnce(original: string, known: KnownPeople, wanted: readonly Kind[]): Masked {
  const { text, at } = fold(original);
  const before = new Uint8Array(text.length);
  for (const { 0: token, index } of text.matchAll(TOKENS)) {
    before.fill(1, index, index + token.length);
  }
  const plain = folded(known);
  const found = kinds
    .filter((kind) => wanted.includes(kind))
    .flatMap((kind) => finders[kind](text, plain).map((span) => ({ ...span, kind })))
    .filter(({ from, to }) => !before.subarray(from, to).includes(1));
  return replaced(original, merged(found), at);
}

/** The finds with overlapping ones made one, of the kind that comes first. */
function merged(found: readonly Found[]): Found[] {
  const groups: Found[] = [];
  for (const span of [...found].sort((a, b) => a.from - b.from)) {
    const last = groups.at(-1);
    if (!last || span.from >= last.to) groups.push(span);
    else {
      const kind = kinds.find((kind) => kind === last.kind || kind === span.kind)!;
      groups[groups.length - 1] = { from: last.from, to: Math.max(last.to, span.to), kind };
    }
  }
  return groups;
}

function folded(known: KnownPeople): KnownPeople {
  const plain = (words: readonly string[] = []) => words.map((word) => fold(word).text.trim());
  return { names: plain(known.names), ids: plain(known.ids) };
}

function replaced(original: string, spans: readonly Found[], at: Folded['at']): Masked {
  const counts: Partial<Record<Kind, number>> = {};
  let text = '';
  let done = 0;
  for (const { from, to, kind } of spans) {
    text += `${original.slice(done, at(from))}[${kind}]`;
    done = at(to);
    counts[kind] = (counts[kind] ?? 0) + 1;
  }
  return { text: text + original.slice(done), counts };
}
