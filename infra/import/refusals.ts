// Why an import does not begin.
import { MillraceError } from '../../schemas/errors.ts';

/** A file that was imported, and has changed since, or its mapping has. */
export function fileChanged(file: string): MillraceError {
  return new MillraceError({
    code: 'import-changed',
    what: `The file ${file} was imported before, and it or its mapping has changed since.`,
    why: 'Its rows are in the topics already: to import it again would count them twice.',
    todo: 'Put new rows into a file of their own. To import all of it anew, give it topics of its own: another --data-dir directory, or a TOPIC_PREFIX.',
  });
}

/** An import that was cut off, of other files than those that are there now. */
export function cutOff(): MillraceError {
  return new MillraceError({
    code: 'import-changed',
    what: 'An import was cut off, and its files or their mapping have changed since.',
    why: 'A part of their rows is in the topics, and it cannot be told any more which.',
    todo: 'Put files and mapping back as they were and import again; or give the import topics of its own: another --data-dir directory, or a TOPIC_PREFIX.',
  });
}

/**
 * @param first time of the first event, ms
 * @param reached event time of earlier imports, ms
 * @param live topic that has events of another origin
 */
export function alreadyLive(
  first: number,
  reached: number | null,
  live: string | undefined,
): MillraceError {
  const day = (ms: number) => new Date(ms).toISOString();
  return new MillraceError({
    code: 'import-late',
    what: `The history begins at ${day(first)}, and the topics have gone beyond that.`,
    why:
      live === undefined
        ? `Imports before this one reached ${day(reached!)}: windows that are over would open again, without their feedback.`
        : `${live} has events already: windows that are over would open again, without their feedback.`,
    todo: 'Import the whole history first, and what is live after it: give it topics of its own, by another --data-dir directory or a TOPIC_PREFIX. A catalogue alone can be imported at any time.',
  });
}
