// Dialogues as steps of a log: what a seeker says is a request, what is recommended to them a slate.
import { loggedClick } from '../schemas/logged-events.ts';
import { type Request, wordLimits } from '../schemas/topics/requests.ts';
import type { LogStep } from './dataset.ts';
import { estimatedImpression, Popularity } from './logged.ts';
import type { Read } from './rows.ts';
import { SESSION_GAP_MS, sessionStep } from './sessions.ts';
import type { Sorting } from './sort.ts';
import { sortingBy } from './sort.ts';
import type { Stepper } from './stepper.ts';

export interface DialogueMessage {
  /** Who wrote it: the one who looks for an item, or the one who recommends. */
  readonly by: 'seeker' | 'recommender';
  readonly text: string;
  /** Ids of the items named, each once, in order. */
  readonly items: readonly string[];
  /** Seconds since the dialogue began; null if the file does not say. */
  readonly seconds: number | null;
}

export interface Dialogue {
  readonly id: string;
  readonly userId: string;
  readonly messages: readonly DialogueMessage[];
  /** Items that the seeker liked (true) or not (false). */
  readonly liked: Readonly<Record<string, boolean>>;
}

/** A dialogue with its time, as it is sorted. */
export interface DialogueRow extends Dialogue {
  /** Time of its first message, ms. */
  readonly at: number;
  /** Its number in the log, from 0. */
  readonly line: number;
}

/** Time of the first dialogue of a log whose files have no times: 2018-01-01. */
const BEGINNING = Date.UTC(2018, 0, 1);
/** Time of a message after the one before it, ms, where the file does not say. */
const MESSAGE_MS = 30_000;
/** Longest time of a dialogue, ms; later messages are taken as of its end. */
const LONGEST_MS = 4 * 3_600_000;

/** Longest time from a slate to the form at the end of its dialogue, and one message more. */
export const DIALOGUE_WINDOW_MS = LONGEST_MS + 2 * MESSAGE_MS;

export const dialogueRows: Sorting<DialogueRow> = sortingBy(
  (a, b) => a.at - b.at || a.line - b.line,
);

/** Gives dialogues their times: one after the other, in the order of the files. */
export async function* timed(reads: AsyncIterable<Read<Dialogue>[]>) {
  let at = BEGINNING;
  let line = 0;
  for await (const batch of reads) {
    yield batch.map((read): Read<DialogueRow> => {
      if (read.value === null) return { ...read, value: null };
      const row: DialogueRow = { ...read.value, at, line: line++ };
      // Whole minutes, so that no user's dialogues are in one session.
      at += Math.ceil((timesOf(row).at(-1)! - at + SESSION_GAP_MS) / 60_000) * 60_000 + 60_000;
      return { ...read, value: row };
    });
  }
}

/** Times of the messages, ms, and last of the end; never back. */
function timesOf({ at, messages }: DialogueRow): number[] {
  let last = at;
  const times = messages.map(({ seconds }, i) => {
    const said = seconds === null ? at + i * MESSAGE_MS : at + seconds * 1000;
    last = Math.max(last, Math.min(at + LONGEST_MS, said));
    return last;
  });
  return [...times, last + MESSAGE_MS];
}

/** Number of items that a turn of a dialogue asks for. */
const WANTED = 10;
/** Surface of the requests of dialogues. */
export const SURFACE = 'dialogue';

/**
 * Makes steps of dialogues. The seeker's message is a request with all that they said in the dialogue so
 * far, as far as a request may carry it. What the other names is a slate; the seeker's answers about it come
 * at the end of the dialogue.
 */
export class DialogueSteps implements Stepper<DialogueRow> {
  readonly #dataset: string;
  readonly #popularity = new Popularity();

  constructor(dataset: string) {
    this.#dataset = dataset;
  }

  push(row: DialogueRow, before: number, out: LogStep[]): void {
    const { id, userId, at, messages, liked } = row;
    const times = timesOf(row);
    const session = { id: `${this.#dataset}-${id}`, userId, lastAt: at, named: 0 };
    out.push(sessionStep(session, at, before));
    let rows = 1;
    const said: string[] = [];
    /** By item: its last slate, or none for one that the seeker named first. */
    const shown = new Map<string, string>();
    for (const [i, { by, text, items }] of messages.entries()) {
      const name = `${this.#dataset}-${id}-${i}`;
      const time = times[i]!;
      if (by === 'recommender' && items.length > 0) {
        const slate = { impressionId: name, userId, at: time, itemIds: items };
        const impression = estimatedImpression(slate, this.#popularity);
        out.push({ kind: 'impression', at: time, rows, impression });
        rows = 0;
        for (const itemId of items) {
          shown.set(itemId, name);
          this.#popularity.add(itemId);
        }
      }
      if (by === 'recommender') continue;
      for (const itemId of items) if (!shown.has(itemId)) shown.set(itemId, '');
      if (text.trim() !== '') said.push(text.trim().slice(0, wordLimits.text));
      if (said.length === 0) continue;
      const request = requestOf(name, row, time, said);
      out.push({ kind: 'request', at: time, rows, request });
      rows = 0;
    }
    const end = times.at(-1)!;
    for (const [itemId, impressionId] of shown) {
      const positive = liked[itemId];
      if (positive === undefined) continue;
      const clickId = `${this.#dataset}-${id}-${itemId}`;
      const known = { clickId, impressionId, userId, itemId, at: end, kind: 'like' } as const;
      const click = loggedClick({ ...known, positive, value: positive ? 1 : 0 });
      out.push({ kind: 'click', at: end, rows, click });
      rows = 0;
    }
    if (rows > 0) throw new Error(`dialogue ${id} has no step that counts it`);
  }

  finish(): void {
    // Nothing is held back: a dialogue is complete with its own row.
  }
}

/** Whether a dialogue has anything to replay: a request or a slate. */
export function hasSteps({ messages }: Pick<Dialogue, 'messages'>): boolean {
  return messages.some(({ by, text, items }) =>
    by === 'seeker' ? text.trim() !== '' : items.length > 0,
  );
}

function requestOf(
  requestId: string,
  { userId, id }: DialogueRow,
  at: number,
  said: readonly string[],
): Request {
  const words = said.slice(-wordLimits.texts);
  const context = id.length <= wordLimits.value ? { dialogue: id } : null;
  return {
    requestId,
    userId,
    at,
    k: WANTED,
    surface: SURFACE,
    candidates: null,
    said: words,
    context,
  };
}
