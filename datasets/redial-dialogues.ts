// ReDial's dialogues: lines of JSON, one a conversation, as the authors give them. Li et al. 2018,
// "Towards Deep Conversational Recommendations", NeurIPS.
import { z } from 'zod';
import { type Dialogue, type DialogueMessage, hasSteps } from './dialogues.ts';
import { BadField } from './fields.ts';
import { findFile, needFile } from './files.ts';
import { readJsonLines } from './json-lines.ts';
import type { Read } from './rows.ts';
import { shaped } from './shaped.ts';

/** Answers of a form: 0 no, 1 yes, 2 did not say. */
const answers = z.object({ suggested: z.number(), seen: z.number(), liked: z.number() });
/** A form is `[]` where the worker did not fill it in. */
const form = z.union([z.record(z.string(), answers), z.array(z.never())]);
const conversation = z.object({
  conversationId: z.union([z.string(), z.number()]).transform(String),
  initiatorWorkerId: z.number(),
  respondentWorkerId: z.number(),
  movieMentions: z.union([z.record(z.string(), z.string().nullable()), z.array(z.never())]),
  messages: z.array(
    z.object({
      text: z.string(),
      senderWorkerId: z.number(),
      timeOffset: z.number().optional(),
      entity: z.array(z.string()).optional(),
    }),
  ),
  initiatorQuestions: form,
  respondentQuestions: form,
});

export interface RedialMessage extends DialogueMessage {
  /** Genres and people named, if the file says. */
  readonly entities: readonly string[];
}

/** A dialogue with the titles of its films by id; likes are by the seeker's own form, else the other's. */
export interface RedialDialogue extends Dialogue {
  readonly messages: readonly RedialMessage[];
  readonly titles: Readonly<Record<string, string>>;
}

const NEEDED = ['conversationId', 'messages', 'movieMentions', 'initiatorWorkerId'];

const FILES = ['train_data.jsonl', 'valid_data.jsonl', 'test_data.jsonl'];

/** The files of a folder that hold dialogues. @throws MillraceError `dataset-file-missing` */
export async function dialogueFiles(folder: string): Promise<string[]> {
  const found = await Promise.all(FILES.map((name) => findFile(folder, [name])));
  const there = found.filter((path) => path !== null);
  return there.length > 0 ? there : [await needFile('redial', folder, FILES)];
}

/** Reads a file of dialogues. @throws MillraceError as `readJsonLines` */
export function readDialogues(path: string): AsyncGenerator<Read<RedialDialogue>[]> {
  const asShaped = shaped(conversation);
  return readJsonLines(path, { needs: [NEEDED], make: (row) => dialogueOf(asShaped(row)) });
}

function dialogueOf(read: z.infer<typeof conversation>): RedialDialogue {
  if (read.messages.length === 0) throw new BadField('its messages are empty');
  const titles = Object.fromEntries(
    Object.entries(read.movieMentions).flatMap(([id, title]) =>
      typeof title === 'string' && title.trim() !== ''
        ? [[id, title.replace(/\s+/g, ' ').trim()] as const]
        : [],
    ),
  );
  const dialogue = {
    id: read.conversationId,
    userId: String(read.initiatorWorkerId),
    titles,
    liked: likedIn(read.initiatorQuestions, read.respondentQuestions),
    messages: read.messages.map((message): RedialMessage => {
      const items: string[] = [];
      const text = message.text.replace(/@(\d+)/g, (word, id: string) => {
        const title = titles[id];
        // A film without a title, and one that is not listed, stays as it was written.
        if (title === undefined) return word;
        if (!items.includes(id)) items.push(id);
        return title;
      });
      return {
        by: message.senderWorkerId === read.initiatorWorkerId ? 'seeker' : 'recommender',
        text,
        items,
        entities: message.entity ?? [],
        seconds: message.timeOffset ?? null,
      };
    }),
  };
  if (!hasSteps(dialogue)) throw new BadField('nobody seeks or names a film in it');
  return dialogue;
}

function likedIn(...forms: z.infer<typeof form>[]): Record<string, boolean> {
  const liked: Record<string, boolean> = {};
  for (const one of forms) {
    for (const [id, answer] of Object.entries(one)) {
      if (answer.liked !== 2) liked[id] ??= answer.liked === 1;
    }
  }
  return liked;
}
