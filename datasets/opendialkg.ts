// OpenDialKG as a log to replay.
import type { Item } from '../schemas/topics/items.ts';
import type { Dataset } from './dataset.ts';
import {
  DIALOGUE_WINDOW_MS,
  type DialogueRow,
  DialogueSteps,
  dialogueRows,
  timed,
} from './dialogues.ts';
import { checkLog, type LogFormat, openLog } from './open-log.ts';
import { readOpenDialogues } from './opendialkg-dialogues.ts';
import { readable } from './rows.ts';

const format: LogFormat<DialogueRow> = {
  dataset: 'opendialkg',
  reads: (folder) => timed(readOpenDialogues(folder)),
  sorting: dialogueRows,
  runRows: 5_000,
  attributionWindowMs: DIALOGUE_WINDOW_MS,
  stepper: () => new DialogueSteps('opendialkg'),
};

export const opendialkg: Dataset = {
  name: 'opendialkg',
  doc: `OpenDialKG (Moon et al. 2019, ACL), opendialkg.csv, or where it is not there the turns that the iEvaLM
toolkit makes of it (<split>_data_processed.jsonl). A message of the user is a request with what they said
so far; what the assistant's walk through the knowledge graph leads to is an impression. What the user
names again later counts as a click of kind like, worth 1; the rest is worth 0. The set has no users and no
times: each dialogue is a user, and they are played one after the other from 2018-01-01, a message in 30
seconds. Propensities are estimated from what was named before.`,
  attributionWindowMs: DIALOGUE_WINDOW_MS,
  items,
  check: (folder) => checkLog(format, folder),
  open: (folder, options) => openLog(format, folder, options),
};

/** The catalogue: each thing that an assistant named. */
async function* items(folder: string): AsyncGenerator<Item> {
  const seen = new Set<string>();
  for await (const { messages } of readable(readOpenDialogues(folder))) {
    for (const itemId of messages.flatMap(({ items: named }) => named)) {
      if (seen.has(itemId)) continue;
      seen.add(itemId);
      yield { itemId, at: 0, title: itemId, text: itemId, groups: [], attributes: {} };
    }
  }
}
