// Turns of dialogues as the iEvaLM toolkit processes them (Wang et al. 2023, EMNLP): one line a turn of the
// one who recommends, with what was said before, the entities named in it, and what was recommended.
import { z } from 'zod';
import { needFile } from './files.ts';
import { readJsonLines } from './json-lines.ts';
import type { Read } from './rows.ts';
import { shaped } from './shaped.ts';

const turn = z.object({
  dialog_id: z.union([z.string(), z.number()]).transform(String),
  turn_id: z.number(),
  context: z.array(z.string()),
  entity: z.array(z.string()),
  rec: z.array(z.string()),
  resp: z.string(),
});

export interface ProcessedTurn {
  readonly dialogueId: string;
  readonly turn: number;
  /** What was said before, oldest first, by both. */
  readonly context: readonly string[];
  /** Entities named in it, items among them, oldest first; repeats stay. */
  readonly entities: readonly string[];
  /** What was recommended. */
  readonly targets: readonly string[];
  /** What the one who recommended said. */
  readonly response: string;
}

export type Split = 'train' | 'valid' | 'test';

/** Reads `<split>_data_processed.jsonl`. @throws MillraceError `dataset-file-missing`, and as `readJsonLines` */
export async function* readTurns(
  dataset: string,
  folder: string,
  split: Split,
): AsyncGenerator<Read<ProcessedTurn>[]> {
  const path = await needFile(dataset, folder, [`${split}_data_processed.jsonl`]);
  const asShaped = shaped(turn);
  yield* readJsonLines(path, {
    needs: [Object.keys(turn.shape)],
    make(row) {
      const read = asShaped(row);
      return {
        dialogueId: read.dialog_id,
        turn: read.turn_id,
        context: read.context,
        entities: read.entity,
        targets: read.rec,
        response: read.resp,
      };
    },
  });
}
