// Turns of dialogues to learn from: of ReDial's dialogues, and of turns that were processed.
import { readTurns, type Split } from '../../datasets/processed-turns.ts';
import {
  dialogueFiles,
  type RedialDialogue,
  readDialogues,
} from '../../datasets/redial-dialogues.ts';
import { readable } from '../../datasets/rows.ts';
import type { DialogueTurn } from '../../models/dialogue/turn.ts';

/** The turns of a folder's `valid_data.jsonl`. @throws MillraceError `dataset-file-missing` */
export async function redialTurns(folder: string): Promise<DialogueTurn[]> {
  const turns: DialogueTurn[] = [];
  for (const path of await dialogueFiles(folder)) {
    if (!/valid_data\.jsonl/.test(path)) continue;
    for await (const dialogue of readable(readDialogues(path))) turns.push(...turnsOf(dialogue));
  }
  return turns;
}

/** The turns in which the one who recommends names a film. */
export function turnsOf({ id, messages, titles }: RedialDialogue): DialogueTurn[] {
  const turns: DialogueTurn[] = [];
  const [texts, entities]: [string[], string[]] = [[], []];
  for (const { by, text, items, entities: others } of messages) {
    const named = items.map((film) => titles[film]!);
    if (by === 'recommender' && named.length > 0) {
      turns.push({ dialogueId: id, texts: [...texts], entities: [...entities], targets: named });
    }
    texts.push(text);
    entities.push(...others, ...named);
  }
  return turns;
}

export async function processedTurns(folder: string): Promise<DialogueTurn[]> {
  const turns: DialogueTurn[] = [];
  for (const split of ['train', 'valid'] as const satisfies readonly Split[]) {
    for await (const turn of readable(readTurns('opendialkg', folder, split))) {
      turns.push({
        dialogueId: `${split}-${turn.dialogueId}`,
        texts: turn.context,
        entities: turn.entities,
        targets: turn.targets,
      });
    }
  }
  return turns;
}

/** The messages of `valid_data.jsonl` that name films, with the titles. @throws as `redialTurns` */
export async function redialTexts(folder: string): Promise<{ text: string; titles: string[] }[]> {
  const texts: { text: string; titles: string[] }[] = [];
  for (const path of await dialogueFiles(folder)) {
    if (!/valid_data\.jsonl/.test(path)) continue;
    for await (const { messages, titles } of readable(readDialogues(path))) {
      for (const { text, items } of messages) {
        if (items.length > 0) texts.push({ text, titles: items.map((item) => titles[item]!) });
      }
    }
  }
  return texts;
}
