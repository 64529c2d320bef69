// The dialogues of a page: one manager each, in memory, forgotten after half an hour of silence.
import type { AnswerTurn } from '../../infra/http/talk.ts';
import type { DialogueManager, ManagerOptions } from '../../models/dialogue/manager.ts';
import { sessionGapMs } from '../../models/user/track.ts';
import type { Talk } from './open.ts';

/** Largest number of dialogues at a time; beyond it the one silent for longest is forgotten. */
const MOST = 1_000;

/** @param now the time, ms */
export function talkPage(talk: Talk, now: () => number, options: ManagerOptions = {}): AnswerTurn {
  const dialogues = new Map<string, { at: number; manager: DialogueManager }>();
  return async ({ session, text }) => {
    const at = now();
    const known = dialogues.get(session);
    const goesOn = known !== undefined && at - known.at < sessionGapMs;
    const manager = goesOn ? known.manager : talk.begin(options);
    dialogues.delete(session);
    dialogues.set(session, { at, manager });
    if (dialogues.size > MOST) dialogues.delete(dialogues.keys().next().value!);
    const { act, text: words, items } = manager.answer(text);
    return { act, text: words, items };
  };
}
