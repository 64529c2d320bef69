// Coat as a log to replay: first the ratings that users chose to give, then those of items drawn for them.
import { loggedClick, loggedImpression } from '../schemas/logged-events.ts';
import type { Item } from '../schemas/topics/items.ts';
import { type CoatRating, readCoat } from './coat.ts';
import type { Dataset, LogStep } from './dataset.ts';
import { LIKED } from './movielens.ts';
import { checkLog, type LogFormat, openLog } from './open-log.ts';
import type { Read } from './rows.ts';
import { Sessions, sessionStep } from './sessions.ts';
import { sortingBy } from './sort.ts';
import type { Stepper } from './stepper.ts';

/** The set has no times: rating n, from 0, is n seconds after this, the start of the year it appeared in. */
const START = Date.UTC(2016, 0, 1);
const SECOND_MS = 1000;

/** Item and rating are one row, so the delay is 0; a window needs some length all the same. */
const WINDOW_MS = 1000;

interface Rating extends CoatRating {
  readonly at: number;
  /** Number of the rating, from 1. */
  readonly line: number;
  /** Probability that a rating by this user is of this item. */
  readonly propensity: number;
  /** Whether the item was drawn for the user; otherwise the user chose it. */
  readonly drawn: boolean;
  /** Number of items in the set. */
  readonly items: number;
}

async function* readRatings(folder: string): AsyncGenerator<Read<Rating>[]> {
  const { train, test, propensities, items } = await readCoat(folder);
  const sums = propensities.map((row) => row.reduce((sum, p) => sum + p, 0));
  const all = [
    ...train.map((rating) => {
      const { user, item } = rating;
      return { ...rating, propensity: propensities[user]![item]! / sums[user]!, drawn: false };
    }),
    ...test.map((rating) => ({ ...rating, propensity: 1 / items, drawn: true })),
  ];
  yield all.map((rating, n) => ({
    origin: rating.drawn ? 'test.ascii' : 'train.ascii',
    line: rating.user + 1,
    raw: '',
    value: { ...rating, at: START + n * SECOND_MS, line: n + 1, items },
    reason: '',
  }));
}

class RatingSteps implements Stepper<Rating> {
  readonly #sessions = new Sessions('coat');

  push(
    { at, line, user, item, stars, propensity, drawn, items }: Rating,
    before: number,
    out: LogStep[],
  ) {
    const [impressionId, userId, itemId] = [`coat-${line}`, String(user), String(item)];
    const { session, isNew } = this.#sessions.touch(userId, at);
    if (isNew) out.push(sessionStep(session, at, before));
    const score = Math.log(propensity);
    const impression = loggedImpression(
      {
        ...{ impressionId, userId, at },
        candidateCount: items,
        propensitySource: drawn ? 'drawn' : 'estimated',
        slateLogProb: score,
      },
      [{ itemId, score, propensity }],
    );
    const click = loggedClick({
      ...{ clickId: impressionId, impressionId, userId, itemId, at },
      ...{ kind: 'rating', positive: stars >= LIKED, value: stars },
    });
    out.push(
      { kind: 'impression', at, rows: 1, impression },
      { kind: 'click', at, rows: 0, click },
    );
  }

  finish(): void {
    // Nothing is held back: a rating is complete with its own row.
  }
}

const format: LogFormat<Rating> = {
  dataset: 'coat',
  reads: readRatings,
  sorting: sortingBy((a, b) => a.line - b.line),
  attributionWindowMs: WINDOW_MS,
  stepper: () => new RatingSteps(),
};

export const coat: Dataset = {
  name: 'coat',
  doc: `Coat (Schnabel et al. 2016, ICML), its matrices and lists of features. A rating is an impression of one
item; its reward is the number of stars, and ${LIKED} stars or more count as a click. The set has no times:
rating n is at second n of 2016, both from 0; those of train.ascii by user and item, then those of test.ascii. A
user's ratings less than 30 minutes apart form a session. Propensities of train.ascii are those of
propensities.ascii over their sum for the user; those of test.ascii are 1 over the number of items.`,
  attributionWindowMs: WINDOW_MS,
  items,
  check: (folder) => checkLog(format, folder),
  open: (folder, options) => openLog(format, folder, options),
};

/** The catalogue; an item's groups are its features. */
async function* items(folder: string): AsyncGenerator<Item> {
  const { itemFeatures } = await readCoat(folder);
  for (const [item, features] of itemFeatures.entries()) {
    const title = `coat ${item}`;
    const text = [title, ...features].join(', ');
    yield { itemId: String(item), at: 0, title, text, groups: [...features], attributes: {} };
  }
}
