// Reviews of Amazon (Hou et al. 2024, Amazon Reviews 2023) as histories: a line of JSON a user, with the
// reviews so far and the next one; test.jsonl holds each user's last one back.
import { z } from 'zod';
import { needFile } from './files.ts';
import { readLines, textOf } from './lines.ts';

export interface Review {
  readonly userId: string;
  /** `parent_asin`: the product, whatever its colour. */
  readonly itemId: string;
  /** ms since the epoch. */
  readonly at: number;
  /** 1 to 5. */
  readonly stars: number;
  readonly title: string;
  readonly text: string;
}

export interface HeldOut {
  /** Oldest first. */
  readonly history: readonly Review[];
  readonly target: Review;
}

export interface ReviewLog {
  readonly heldOut: readonly HeldOut[];
  /** Every other review, each once, in order of time; none of them is a target of `heldOut`. */
  readonly earlier: readonly Review[];
  readonly unreadable: number;
}

const review = z.object({
  rating: z.number().min(1).max(5),
  title: z.string(),
  text: z.string(),
  parent_asin: z.string(),
  timestamp: z.number(),
});
const line = z.object({ user_id: z.string(), history: z.array(review), target: review });

/** Of no more than a few hundred reviews a user; a line holds them all. */
const LONGEST_LINE = 1 << 22;

/** @throws MillraceError `dataset-file-missing`, `dataset-file-unreadable` */
export async function readReviews(folder: string): Promise<ReviewLog> {
  const [train, test] = await Promise.all(['train', 'test'].map((name) => read(folder, name)));
  const earlier = new Map<string, Review>();
  for (const { history, target } of train!.read) {
    for (const one of [...history, target]) earlier.set(idOf(one), one);
  }
  for (const { history } of test!.read) for (const one of history) earlier.set(idOf(one), one);
  for (const { target } of test!.read) earlier.delete(idOf(target));
  return {
    heldOut: test!.read,
    earlier: [...earlier.values()].sort((a, b) => a.at - b.at || (idOf(a) < idOf(b) ? -1 : 1)),
    unreadable: train!.unreadable + test!.unreadable,
  };
}

const idOf = ({ userId, itemId, at }: Review) => `${userId} ${itemId} ${at}`;

async function read(folder: string, name: string) {
  const path = await needFile('amazon-beauty', folder, [`${name}.jsonl`]);
  const read: HeldOut[] = [];
  let unreadable = 0;
  for await (const { lines } of readLines(path, LONGEST_LINE)) {
    for (const raw of lines) {
      if (raw.trim() === '') continue;
      const parsed = line.safeParse(parsedJson(textOf(raw)));
      if (!parsed.success) {
        unreadable++;
        continue;
      }
      const { user_id: userId, history, target } = parsed.data;
      const reviewOf = (one: z.infer<typeof review>): Review => ({
        userId,
        itemId: one.parent_asin,
        at: one.timestamp,
        stars: one.rating,
        title: plain(one.title),
        text: plain(one.text),
      });
      read.push({ history: history.map(reviewOf), target: reviewOf(target) });
    }
  }
  return { read, unreadable };
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Without line breaks in HTML and the names of videos. */
function plain(text: string): string {
  return text
    .replace(/<br ?\/?>/g, ' ')
    .replace(/\[\[\w+:[^\]]*\]\]/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
}
