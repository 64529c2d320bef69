// A data set whose log is dialogues: what all of them share beside their catalogue and their words.
import type { Dataset } from './dataset.ts';
import {
  DIALOGUE_WINDOW_MS,
  type Dialogue,
  type DialogueRow,
  DialogueSteps,
  dialogueRows,
  timed,
} from './dialogues.ts';
import { checkLog, type LogFormat, openLog } from './open-log.ts';
import type { Read } from './rows.ts';

/** @param read the dialogues of a folder, in the order of its files */
export function dialogueLog(
  name: string,
  read: (folder: string) => AsyncIterable<Read<Dialogue>[]>,
): Pick<Dataset, 'name' | 'attributionWindowMs' | 'check' | 'open'> {
  const format: LogFormat<DialogueRow> = {
    dataset: name,
    reads: (folder) => timed(read(folder)),
    sorting: dialogueRows,
    // A dialogue is some thousand characters: about 40 MB.
    runRows: 5_000,
    attributionWindowMs: DIALOGUE_WINDOW_MS,
    stepper: () => new DialogueSteps(name),
  };
  return {
    name,
    attributionWindowMs: DIALOGUE_WINDOW_MS,
    check: (folder) => checkLog(format, folder),
    open: (folder, options) => openLog(format, folder, options),
  };
}
