// ReDial as a log to replay.
import type { Item } from '../schemas/topics/items.ts';
import type { Dataset } from './dataset.ts';
import { dialogueLog } from './dialogue-log.ts';
import { dialogueFiles, readDialogues } from './redial-dialogues.ts';
import { readable } from './rows.ts';

async function* readAll(folder: string) {
  for (const path of await dialogueFiles(folder)) yield* readDialogues(path);
}

export const redial: Dataset = {
  ...dialogueLog('redial', readAll),
  doc: `ReDial (Li et al. 2018, NeurIPS), train_data.jsonl, valid_data.jsonl and test_data.jsonl, as many as there
are. A message of the one who looks for a film is a request with what they said so far; the films that the
other names in a message are an impression. At the end of the dialogue the seeker's form says which films
they liked: a click of kind like, worth 1, or 0 if they did not. The files have no times of day: dialogues
are played one after the other from 2018-01-01, messages by their offsets, 30 seconds apart where there
are none. Propensities are estimated from the films named before.`,
  items,
};

/** The catalogue: each film where it is first named. */
async function* items(folder: string): AsyncGenerator<Item> {
  const seen = new Set<string>();
  for await (const { titles } of readable(readAll(folder))) {
    for (const [itemId, title] of Object.entries(titles)) {
      if (seen.has(itemId)) continue;
      seen.add(itemId);
      const year = /\((\d{4})\)$/.exec(title)?.[1];
      const attributes: Record<string, string> = year === undefined ? {} : { year };
      const groups = year === undefined ? [] : [`${year.slice(0, 3)}0s`];
      yield { itemId, at: 0, title, text: title, groups, attributes };
    }
  }
}
