// Reasons for a suggestion, as a task to learn by reward: what is asked, and what an answer earns. Every
// part of the reward is checked against the record of the item and the history, none by taste.
import { isTelling, wordCount } from '../text/boundary.ts';
import { hasWords } from '../text/words.ts';
import { cleanText } from './clean.ts';

export interface ReasonTask {
  /** Titles that the user liked, oldest first. */
  readonly liked: readonly string[];
  readonly title: string;
  /** Groups of the suggested item. */
  readonly groups: readonly string[];
}

/** The prompt, whose answer is one line; `reasonMarks` judges it. */
export function reasonPrompt({ liked, title, groups }: ReasonTask): string {
  const names = liked.map((one) => cleanText(one)).join('; ');
  return `Liked: ${names}.\nSuggested: ${cleanText(title)}, genres ${groups.join(', ')}.\nReason:`;
}

export const REASON_STOP = ['\n'];

export interface ReasonMarks {
  /** Whether the answer is one finished line of 4 to 20 words. */
  readonly wellFormed: boolean;
  /** Whether it names a liked title of at least four letters, or two of Chinese and the like,
   * without its year. */
  readonly cites: boolean;
  /** Whether it names a group of the item. */
  readonly attributes: boolean;
  /** Whether it names a group that the item does not have. */
  readonly untrue: boolean;
  /**
   * Reward, 0 to 1: 0.2 for the form, 0.4 for the history, 0.4 for attributes if none is untrue.
   */
  readonly reward: number;
}

/**
 * @param ended whether the model ended the line by itself
 * @param known all groups of the catalogue
 */
export function reasonMarks(
  { liked, groups }: ReasonTask,
  text: string,
  ended: boolean,
  known: Iterable<string>,
): ReasonMarks {
  const words = wordCount(text);
  const wellFormed = ended && words >= 4 && words <= 20;
  // A title such as "It" or "M" is in many a sentence without being named.
  const citable = liked.map(withoutYear).filter(isTelling);
  const cites = citable.some((title) => hasWords(text, title));
  const own = new Set(groups);
  const named = [...known].filter((group) => hasWords(text, group));
  const attributes = named.some((group) => own.has(group));
  const untrue = named.some((group) => !own.has(group));
  const tenths = (wellFormed ? 2 : 0) + (cites ? 4 : 0) + (attributes && !untrue ? 4 : 0);
  return { wellFormed, cites, attributes, untrue, reward: tenths / 10 };
}

function withoutYear(title: string): string {
  return cleanText(title).replace(/ \(\d{4}\)$/, '');
}
