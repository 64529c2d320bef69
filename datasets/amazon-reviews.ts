// Reviews of Amazon (Hou et al. 2024, Amazon Reviews 2023) as histories: a line of JSON a user, with the
// reviews so far and the next one; test.jsonl holds each user's last one back.
import { z } from 'zod';
import { MillraceError } from '../schemas/errors.ts';
import { BadField } from './fields.ts';
import { needFile } from './files.ts';
import { readJsonLines } from './json-lines.ts';
import type { Read } from './rows.ts';

export interface Review {
  readonly userId: string;
  /** The product's `parent_asin`, the same for every colour of it. */
  readonly itemId: string;
  /** Time of the review, ms since the epoch. */
  readonly at: number;
  /** Stars, 1 to 5. */
  readonly stars: number;
  readonly title: string;
  readonly text: string;
}

export interface HeldOut {
  /** Earlier reviews of the user, each once, oldest first; the target is not among them. */
  readonly history: readonly Review[];
  readonly target: Review;
  /** What the line says again of these: 526 of the 4,060 reviews of test.jsonl. */
  readonly repeated: readonly Review[];
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
const history = z.object({ user_id: z.string(), history: z.array(review), target: review });

/**
 * Reads the reviews.
 * @throws MillraceError `dataset-file-missing`, `dataset-file-unreadable`, `dataset-empty`
 */
export async function readReviews(folder: string): Promise<ReviewLog> {
  const [train, test] = await Promise.all([readAll(folder, 'train'), readAll(folder, 'test')]);
  if (test.read.length === 0) {
    throw new MillraceError({
      code: 'dataset-empty',
      what: 'test.jsonl has no line that can be read.',
      why: `${test.unreadable} lines were tried.${test.first}`,
      todo: 'Check that it is the file of histories, a line of JSON a user.',
    });
  }
  const earlier = new Map<string, Review>();
  for (const { history, target } of train.read) {
    for (const one of [...history, target]) earlier.set(reviewId(one), one);
  }
  for (const { history } of test.read) for (const one of history) earlier.set(reviewId(one), one);
  for (const { target } of test.read) earlier.delete(reviewId(target));
  return {
    heldOut: test.read,
    earlier: [...earlier.values()].sort(
      (a, b) => a.at - b.at || (reviewId(a) < reviewId(b) ? -1 : 1),
    ),
    unreadable: train.unreadable + test.unreadable,
  };
}

/** What a review is known by: the files repeat some. */
export const reviewId = ({ userId, itemId, at }: Review) => `${userId} ${itemId} ${at}`;

async function readAll(folder: string, name: 'train' | 'test') {
  const read: HeldOut[] = [];
  let unreadable = 0;
  let first = '';
  for await (const batch of readHistories(folder, name)) {
    for (const { value, line, reason } of batch) {
      if (value !== null) read.push(value);
      else if (unreadable++ === 0) first = ` The first, line ${line}: ${reason}.`;
    }
  }
  return { read, unreadable, first };
}

/**
 * Lines of a file, in its order.
 * @throws MillraceError `dataset-file-missing`, `dataset-file-unreadable`, `dataset-column-missing` by its first line
 */
export async function* readHistories(
  folder: string,
  name: 'train' | 'test',
): AsyncGenerator<Read<HeldOut>[]> {
  const path = await needFile('amazon-beauty', folder, [`${name}.jsonl`]);
  yield* readJsonLines(path, {
    needs: [Object.keys(history.shape)],
    make: (row) => {
      const parsed = history.safeParse(row);
      if (parsed.success) return heldOut(parsed.data);
      const { path: at, message } = parsed.error.issues[0]!;
      throw new BadField(`${at.join('.')}: ${message}`);
    },
  });
}

function heldOut({ user_id: userId, history: before, target }: z.infer<typeof history>): HeldOut {
  const reviewOf = (one: z.infer<typeof review>): Review => ({
    userId,
    itemId: one.parent_asin,
    at: one.timestamp,
    stars: one.rating,
    title: plain(one.title),
    text: plain(one.text),
  });
  // The files repeat reviews, the target's own among them.
  const last = reviewOf(target);
  const seen = new Set([reviewId(last)]);
  const repeated: Review[] = [];
  const each = before.map(reviewOf).filter((one) => {
    const isNew = !seen.has(reviewId(one));
    seen.add(reviewId(one));
    if (!isNew) repeated.push(one);
    return isNew;
  });
  return { history: each, target: last, repeated };
}

/** The text without line breaks in HTML and names of videos. */
function plain(text: string): string {
  return text
    .replace(/<br ?\/?>/g, ' ')
    .replace(/\[\[\w+:[^\]]*\]\]/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
}
