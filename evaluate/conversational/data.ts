// ReDial and OpenDialKG as turns to learn from and turns to be judged by.
import { type Films, readFilms } from '../../app/talk/films.ts';
import { processedTurns, redialTurns } from '../../app/talk/learned.ts';
import { named } from '../../app/talk/open.ts';
import { readTurns } from '../../datasets/processed-turns.ts';
import { readable } from '../../datasets/rows.ts';
import type { DialogueTurn } from '../../models/dialogue/turn.ts';

export interface JudgedTurn extends DialogueTurn {
  /** By target: whether the context had not named it, as the file spells both. */
  readonly isNew: readonly boolean[];
  /** What the one who recommended said. */
  readonly response: string;
}

export interface DialogueData extends Films {
  readonly learned: readonly DialogueTurn[];
  readonly judged: readonly JudgedTurn[];
}

/** Reads a data set. @throws MillraceError `dataset-file-missing`, `dataset-file-unreadable` */
export async function readData(
  dataset: string,
  folder: string,
  scratch: string,
): Promise<DialogueData> {
  const films = await readFilms(scratch);
  const learned = dataset === 'redial' ? await redialTurns(folder) : await processedTurns(folder);
  const judged: JudgedTurn[] = [];
  for await (const turn of readable(readTurns(dataset, folder, 'test'))) {
    judged.push({
      dialogueId: turn.dialogueId,
      texts: turn.context,
      entities: turn.entities.map(films.idOf),
      targets: turn.targets.map(films.idOf),
      isNew: turn.targets.map((name) => !turn.entities.includes(name)),
      response: turn.response,
    });
  }
  // Only what dialogues to learn from name is added: a target that none names cannot be found.
  return { ...films, learned: named(films, learned), judged };
}
