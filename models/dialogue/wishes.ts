// What a dialogue has come to: its readings, folded one after the other. The last word on a thing holds.
import type { TurnReading } from './reading/reading.ts';

export interface DialogueWishes {
  readonly wanted: readonly string[];
  readonly avoid: readonly string[];
  readonly liked: readonly string[];
  readonly disliked: readonly string[];
  /** Every item named by the user, liked and disliked ones among them, in order. */
  readonly named: readonly string[];
}

export const noWishes: DialogueWishes = Object.freeze({
  ...{ wanted: [], avoid: [], liked: [], disliked: [], named: [] },
});

/** The wishes after one reading more. */
export function wishesAfter(before: DialogueWishes, read: TurnReading): DialogueWishes {
  return {
    wanted: joined(before.wanted, read.wanted, read.avoid),
    avoid: joined(before.avoid, read.avoid, read.wanted),
    liked: joined(before.liked, read.liked, read.disliked),
    disliked: joined(before.disliked, read.disliked, read.liked),
    named: joined(before.named, [...read.named, ...read.liked, ...read.disliked], []),
  };
}

/** Old and new without what was taken back; what is said again is the newest. */
function joined(old: readonly string[], now: readonly string[], back: readonly string[]): string[] {
  return [...old.filter((one) => !now.includes(one) && !back.includes(one)), ...now];
}
