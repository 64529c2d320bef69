// Guesses mappings of several samples together: the ids of a catalogue tell which field of events is the item.
// It looks at rows alone; where they come from, and who is asked, is for others.
import { guessCatalogue, keysOf } from './catalogue.ts';
import { guessEvents, nothingShown } from './events.ts';
import { findEvent, findItems, findTime, findUser, type KnownIds } from './fields.ts';
import type { GuessedSource, Hints } from './guessed.ts';
import { knownLog } from './known.ts';
import { columnsOf, type Sample } from './profile.ts';
import { verbOf } from './words.ts';

/**
 * Guesses the mapping of each sample, in their order.
 * @param hints what somebody said of samples, by their names
 */
export function guessSources(
  samples: readonly Sample[],
  hints: Readonly<Record<string, Hints>> = {},
): GuessedSource[] {
  const known = new Map(samples.map((sample) => [sample, knownLog(sample)]));
  const rest = samples.filter((sample) => !known.get(sample) && sample.rows.length > 0);
  const catalogues = rest.filter((sample) => !hints[sample.name] && isCatalogue(sample));
  const ids = catalogues.flatMap(idsOf);
  const events = rest.filter((sample) => !catalogues.includes(sample));
  const guessed = samples.map((sample) => {
    const found = known.get(sample);
    if (found) return catalogues.length > 0 ? withoutItems(found) : found;
    if (sample.rows.length === 0) return empty(sample);
    return catalogues.includes(sample)
      ? ofCatalogue(sample, events)
      : guessEvents(sample, ids, hints[sample.name]);
  });
  return guessed.map((source) => beside(source, guessed));
}

/** Feedback beside a source of what was shown is not alone. */
function beside(source: GuessedSource, all: readonly GuessedSource[]): GuessedSource {
  const shown = all.find(({ rows }) => rows.some(({ is }) => is === 'impression'));
  if (!shown) return source;
  const note = `What was shown is in ${shown.name}: each answers the user's latest slate with the item.`;
  return { ...source, notes: source.notes.map((one) => (one === nothingShown ? note : one)) };
}

/** Each row has a key of its own, and nothing says that somebody did something. */
function isCatalogue(sample: Sample): boolean {
  const columns = columnsOf(sample);
  if (keysOf(columns, sample.rows.length).length === 0) return false;
  if (findEvent(columns)) return false;
  const time = findTime(columns);
  const user = findUser(columns);
  if (time && user && user.why.confidence > 0.8) return false;
  return !(time && verbOf(sample.name) && findItems(columns, []).length > 0);
}

function idsOf(sample: Sample): KnownIds[] {
  const columns = columnsOf(sample);
  return keysOf(columns, sample.rows.length).map(({ distinct }) => ({
    name: sample.name,
    ids: distinct,
  }));
}

/** A catalogue whose id is the key that events name, if any do. */
function ofCatalogue(sample: Sample, events: readonly Sample[]): GuessedSource {
  const columns = columnsOf(sample);
  const keys = keysOf(columns, sample.rows.length);
  for (const other of events) {
    const named = keys.flatMap((column) => {
      const [found] = findItems(columnsOf(other), [{ name: sample.name, ids: column.distinct }]);
      if (found?.why.confidence !== 0.95) return [];
      const because = `${found.column.path} of ${other.name} has its values`;
      return [{ column, why: { confidence: 0.95, because }, size: found.column.distinct.size }];
    });
    if (named[0]) return guessCatalogue(sample.name, columns, keys, named[0]);
  }
  return guessCatalogue(sample.name, columns, keys, undefined);
}

/** Where a catalogue is beside a log, the products of its events would overwrite it. */
function withoutItems(source: GuessedSource): GuessedSource {
  return { ...source, rows: source.rows.filter(({ is }) => is !== 'item') };
}

const empty = ({ name }: Sample): GuessedSource => ({
  name,
  rows: [],
  notes: [],
  unclear: [{ about: 'rows', says: 'it has no row that can be read', options: [] }],
});
