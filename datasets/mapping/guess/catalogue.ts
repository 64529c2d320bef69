// Guesses the mapping of a catalogue: which field is the id of an item, its title, its groups.
import type { GuessedSource, Reason } from './guessed.ts';
import type { Column } from './profile.ts';
import { guessTime } from './times.ts';
import { fitOf } from './words.ts';

/** Largest number of attributes that are taken over. */
const MOST_ATTRIBUTES = 8;

/** Longest value that is an attribute, characters. */
const LONGEST_ATTRIBUTE = 200;

/** Fields whose values tell every row of the sample from the others, and are no times. */
export function keysOf(columns: readonly Column[], rows: number): Column[] {
  return columns.filter(
    ({ path, values, distinct, filled }) =>
      !path.includes('[]') &&
      filled === 1 &&
      distinct.size === rows &&
      values.length === rows &&
      !(fitOf(path, 'item').fit === 0 && guessTime(values)),
  );
}

/**
 * @param keys fields that can be the id
 * @param named the id, if events name its values; of the others the one is taken whose name fits
 */
export function guessCatalogue(
  name: string,
  columns: readonly Column[],
  keys: readonly Column[],
  named: { readonly column: Column; readonly why: Reason } | undefined,
): GuessedSource {
  const id = named?.column ?? [...keys].sort((a, b) => idScore(b) - idScore(a))[0]!;
  const why = named?.why ?? {
    confidence: idScore(id) > 0 ? 0.8 : 0.5,
    because: 'its values tell all rows apart',
  };
  const rest = columns.filter((one) => one !== id);
  const title = best(rest, (one) => titleScore(one));
  const text = best(
    rest.filter((one) => one !== title),
    ({ path }) => fitOf(path, 'text').fit,
  );
  const others = rest.filter((one) => one !== title && one !== text);
  const groups = others.filter((one) => isGroup(one));
  const attributes = others
    .filter((one) => !groups.includes(one) && !one.path.includes('[]'))
    .filter(({ values }) => values.every((value) => value.length <= LONGEST_ATTRIBUTE))
    .slice(0, MOST_ATTRIBUTES);
  const reasons: Record<string, Reason> = { item: why };
  if (title) reasons.title = { confidence: 0.7, because: `${title.path} reads like a title` };
  if (groups.length > 0)
    reasons.groups = {
      confidence: 0.7,
      because: 'few values, or names like these, stand for categories',
    };
  return {
    name,
    rows: [
      {
        is: 'item',
        why: {
          confidence: 0.8,
          because: 'every row has an id of its own, and no row a user: a catalogue',
        },
        fields: {
          item: id.path,
          ...(title && { title: title.path }),
          ...(text && { text: text.path }),
          ...(groups.length > 0 && { groups: groups.map(groupField) }),
          ...(attributes.length > 0 && {
            attributes: Object.fromEntries(attributes.map(({ path }) => [nameOf(path), path])),
          }),
        },
        reasons,
      },
    ],
    notes: title
      ? []
      : ['No title was found: items are called by their ids, which a language model cannot read.'],
    unclear: [],
  };
}

function idScore({ path }: Column): number {
  return Math.max(
    fitOf(path, 'item').fit,
    path.toLowerCase() === 'id' ? 0.95 : 0,
    fitOf(path, 'id').fit / 2,
  );
}

function titleScore({ path, values, distinct }: Column): number {
  if (path.includes('[]') || values.every((value) => Number.isFinite(Number(value)))) return 0;
  const named = fitOf(path, 'title').fit;
  const spaced = values.filter((value) => value.includes(' ')).length / values.length;
  return Math.max(named, distinct.size > values.length / 2 && spaced > 0.5 ? 0.4 : 0);
}

function isGroup({ path, values, distinct }: Column): boolean {
  if (fitOf(path, 'group').fit > 0) return true;
  const isText = values.some((value) => !Number.isFinite(Number(value)));
  return (
    isText &&
    values.length >= 20 &&
    distinct.size <= Math.min(50, values.length / 4) &&
    !isYesNo(distinct)
  );
}

const isYesNo = (distinct: ReadonlySet<string>) =>
  [...distinct].every((value) => /^(?:true|false|yes|no|y|n)$/i.test(value));

/** A text with bars between its parts is cut. */
function groupField({ path, values }: Column): unknown {
  const mark = ['|', ';', ' > ', '/'].find(
    (one) => values.filter((value) => value.includes(one)).length > values.length / 5,
  );
  return mark === undefined ? path : { field: path, split: mark };
}

function best(columns: readonly Column[], score: (column: Column) => number): Column | undefined {
  const sorted = [...columns].sort((a, b) => score(b) - score(a));
  return sorted[0] && score(sorted[0]) > 0 ? sorted[0] : undefined;
}

const nameOf = (path: string) => path.split('.').at(-1)!;
