// Amazon's reviews as a log to replay, in order of time.
import type { Item } from '../schemas/topics/items.ts';
import { readHistories } from './amazon-reviews.ts';
import type { Dataset } from './dataset.ts';
import { type LogRow, logRows } from './log-row.ts';
import { LIKED } from './movielens.ts';
import { checkLog, type LogFormat, openLog } from './open-log.ts';
import { type Read, readable } from './rows.ts';
import { SlateSteps } from './slates.ts';

/** Product and review are one row, so the delay is 0; a window needs some length all the same. */
const WINDOW_MS = 1000;

/** Every review of test.jsonl, which holds all reviews of each user, those that it says again among them. */
async function* readRows(folder: string): AsyncGenerator<Read<LogRow>[]> {
  for await (const batch of readHistories(folder, 'test')) {
    yield batch.flatMap((read): Read<LogRow>[] => {
      const { value, line } = read;
      if (value === null) return [{ ...read, value }];
      return [...value.history, value.target, ...value.repeated].map(
        ({ userId, itemId, at, stars }) => {
          return { ...read, value: { at, userId, itemId, code: 0, value: stars, line } };
        },
      );
    });
  }
}

const format: LogFormat = {
  dataset: 'amazon-beauty',
  reads: readRows,
  sorting: logRows,
  attributionWindowMs: WINDOW_MS,
  stepper: () =>
    new SlateSteps({
      dataset: 'amazon-beauty',
      size: 1,
      feedback: ({ value }) => ({ kind: 'rating', positive: value >= LIKED, value }),
    }),
};

export const amazonBeauty: Dataset = {
  name: 'amazon-beauty',
  doc: `Amazon Reviews 2023 (Hou et al. 2024) as histories, test.jsonl: a line of JSON a user, with all reviews
so far and the last one. A review is an impression of one product; its reward is the number of stars, and
${LIKED} stars or more count as a click. Reviews of a user less than 30 minutes apart form a session. Products
have no titles in the set. The logging policy is unknown; propensities are estimated from the popularity
before the review.`,
  attributionWindowMs: WINDOW_MS,
  items,
  check: (folder) => checkLog(format, folder),
  open: (folder, options) => openLog(format, folder, options),
};

/** The catalogue: each product where it first appears in the log. */
async function* items(folder: string): AsyncGenerator<Item> {
  const seen = new Set<string>();
  for await (const { itemId } of readable(readRows(folder))) {
    if (seen.has(itemId)) continue;
    seen.add(itemId);
    const title = `product ${itemId}`;
    yield { itemId, at: 0, title, text: title, groups: [], attributes: {} };
  }
}
