// OpenDialKG's dialogues: the official CSV, one a row, and turns as the iEvaLM toolkit processes them.
// Moon et al. 2019, "OpenDialKG: Explainable Conversational Reasoning", ACL.
import { z } from 'zod';
import { type Dialogue, type DialogueMessage, hasSteps } from './dialogues.ts';
import { BadField } from './fields.ts';
import { findFile, needFile } from './files.ts';
import { type ProcessedTurn, readTurns, type Split } from './processed-turns.ts';
import { type Read, readRows } from './rows.ts';

const NAMES = ['opendialkg.csv', 'test_data_processed.jsonl'];

/** `[score, [[subject, relation, object], …], words]`: a walk in the knowledge graph. */
const path = z.tuple([
  z.unknown(),
  z.array(z.tuple([z.string(), z.string(), z.string()])),
  z.unknown(),
]);
const message = z.object({
  type: z.string(),
  sender: z.string(),
  message: z.string().optional(),
  metadata: z.object({ path: path.optional() }).optional(),
});
const messages = z.array(message).min(1);

/** Reads the dialogues of a folder. @throws MillraceError `dataset-file-missing`, and as `readCsv` */
export async function* readOpenDialogues(folder: string): AsyncGenerator<Read<Dialogue>[]> {
  const csv = await findFile(folder, ['opendialkg.csv', 'opendialkg_cleaned.csv']);
  if (csv === null) {
    yield* processedDialogues(folder);
    return;
  }
  const columns = ['Messages', 'User Rating', 'Assistant Rating'];
  yield* readRows(csv, { columns, multiline: true }, ([text = ''], line) =>
    dialogueOf(text, String(line)),
  );
}

/** A dialogue of the CSV; the id is its line, for the file has none. @throws BadField */
export function dialogueOf(text: string, id: string): Dialogue {
  const read = messages.safeParse(parsed(text));
  if (!read.success) {
    const { path: at, message: why } = read.error.issues[0]!;
    throw new BadField(`Messages ${at.join('.')}: ${why}`);
  }
  const said: DialogueMessage[] = [];
  /** What the walk of the assistant's next message leads to. */
  let items: string[] = [];
  for (const { type, sender, message: words, metadata } of read.data) {
    const by = sender === 'assistant' ? 'recommender' : 'seeker';
    const end = metadata?.path?.[1].at(-1)?.[2];
    if (type === 'action' && by === 'recommender' && end !== undefined) items = [end];
    if (type !== 'chat') continue;
    said.push({ by, text: words ?? '', items: by === 'recommender' ? items : [], seconds: null });
    if (by === 'recommender') items = [];
  }
  return complete(id, said);
}

function complete(id: string, said: readonly DialogueMessage[]): Dialogue {
  const dialogue = { id, userId: `dialogue-${id}`, messages: said, liked: takenUp(said) };
  if (!hasSteps(dialogue)) throw new BadField('nobody asks or names anything in it');
  return dialogue;
}

/**
 * What the user took up: of the things named to them, those that they name later themselves. The
 * set has no answers by thing; its rating is of the whole dialogue.
 */
function takenUp(said: readonly DialogueMessage[]): Record<string, boolean> {
  const liked: Record<string, boolean> = {};
  for (const { by, text, items } of said) {
    if (by === 'seeker') {
      const words = text.toLowerCase();
      for (const itemId of Object.keys(liked)) {
        if (words.includes(itemId.toLowerCase())) liked[itemId] = true;
      }
    }
    for (const itemId of items) liked[itemId] ??= false;
  }
  return liked;
}

/** Dialogues of processed turns: turns that come one after the other in the file are one dialogue. */
async function* processedDialogues(folder: string): AsyncGenerator<Read<Dialogue>[]> {
  const splits: Split[] = [];
  for (const split of ['train', 'valid', 'test'] as const) {
    if (await findFile(folder, [`${split}_data_processed.jsonl`])) splits.push(split);
  }
  if (splits.length === 0) await needFile('opendialkg', folder, NAMES);
  for (const split of splits) {
    let open: Read<ProcessedTurn>[] = [];
    const closed = () => {
      const reads = open.length > 0 ? [ofTurns(split, open)] : [];
      open = [];
      return reads;
    };
    for await (const batch of readTurns('opendialkg', folder, split)) {
      const out: Read<Dialogue>[] = [];
      for (const read of batch) {
        if (read.value === null) out.push({ ...read, value: null });
        else {
          if (open[0] && open[0].value!.dialogueId !== read.value.dialogueId) out.push(...closed());
          open.push(read);
        }
      }
      if (out.length > 0) yield out;
    }
    yield closed();
  }
}

/** One dialogue of its turns; the words before a turn alternate, the user's last. */
function ofTurns(split: Split, turns: readonly Read<ProcessedTurn>[]): Read<Dialogue> {
  const said: DialogueMessage[] = [];
  for (const { value } of turns) {
    const { context, targets, response } = value!;
    for (let i = said.length; i < context.length; i++) {
      const by = (context.length - i) % 2 === 1 ? 'seeker' : 'recommender';
      said.push({ by, text: context[i]!, items: [], seconds: null });
    }
    const items = [...new Set(targets)];
    said.push({ by: 'recommender', text: response, items, seconds: null });
  }
  const [first] = turns as [Read<ProcessedTurn>];
  return { ...first, value: complete(`${split}-${first.value!.dialogueId}`, said) };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new BadField('Messages are not JSON');
  }
}
