// What is left to import, by what the topics say was imported before.
import type { ReplayProgress } from '../../schemas/topics/replays.ts';
import { otherLog } from '../replay/progress.ts';
import { fileOfMark, importOf } from './marks.ts';
import { cutOff, fileChanged } from './refusals.ts';

export interface ImportBatch {
  /** Marks of the files that are not there yet. */
  readonly marks: readonly string[];
  /** How far their import came. */
  readonly progress: ReplayProgress;
  /** Event time that imports before this one reached, ms; null if there were none. */
  readonly reached: number | null;
}

/**
 * @param there the last progress of each replay and import in the topics
 * @param marks marks of the files that are to be imported
 * @param latest latest event time that is let in, ms, if the import begins now
 * @throws MillraceError `import-changed`, `replay-of-another-log`
 */
export function importPlan(
  there: ReadonlyMap<string, ReplayProgress>,
  marks: readonly string[],
  latest: number | null,
): ImportBatch {
  const left = marks.filter((mark) => !there.has(mark));
  const name = importOf(left);
  let reached: number | null = null;
  for (const [id, { done, at }] of there) {
    const file = fileOfMark(id);
    if (file === undefined && !id.startsWith('import-')) throw otherLog(id, name);
    if (file !== undefined && left.some((mark) => fileOfMark(mark) === file))
      throw fileChanged(file);
    if (file === undefined && !done && id !== name) throw cutOff();
    if (done) reached = Math.max(reached ?? 0, at);
  }
  return { marks: left, reached, progress: there.get(name) ?? beginning(name, latest) };
}

const beginning = (replayId: string, latest: number | null): ReplayProgress => ({
  ...{ replayId, latest, at: 0, steps: 0, events: 0, shown: 0, clicks: 0, unreadable: 0 },
  done: false,
});
