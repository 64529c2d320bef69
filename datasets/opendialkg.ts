// OpenDialKG as a log to replay.
import type { Item } from '../schemas/topics/items.ts';
import type { Dataset } from './dataset.ts';
import { dialogueLog } from './dialogue-log.ts';
import { readOpenDialogues } from './opendialkg-dialogues.ts';
import { readable } from './rows.ts';

export const opendialkg: Dataset = {
  ...dialogueLog('opendialkg', readOpenDialogues),
  doc: `OpenDialKG (Moon et al. 2019, ACL), opendialkg.csv, or where it is not there the turns that the iEvaLM
toolkit makes of it (<split>_data_processed.jsonl). A message of the user is a request with what they said
so far; what the assistant's walk through the knowledge graph leads to is an impression. What the user
names again later counts as a click of kind like, worth 1; the rest is worth 0. The set has no users and no
times: each dialogue is a user, and they are played one after the other from 2018-01-01, a message in 30
seconds. Propensities are estimated from what was named before.`,
  items,
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
