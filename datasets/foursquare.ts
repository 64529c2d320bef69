// Check-ins of Foursquare as logs to replay: a check-in is a place shown and visited.
import type { Item } from '../schemas/topics/items.ts';
import type { Dataset } from './dataset.ts';
import { type CheckIn, readCheckIns, readLocalCheckIns } from './foursquare-rows.ts';
import { logRows } from './log-row.ts';
import { checkLog, type LogFormat, openLog } from './open-log.ts';
import { type Read, readable } from './rows.ts';
import { SingleSteps } from './single-steps.ts';

/** Place and visit are one row, so the delay is 0; a window needs some length all the same. */
const WINDOW_MS = 1000;

const SAME = `A check-in is an impression of one place, and a click on it worth 1. Check-ins of a user less than 30
minutes apart form a session. Nobody showed the places: propensities are estimated from the popularity
before the check-in.`;

export const foursquare = checkIns({
  name: 'foursquare',
  doc: `Foursquare check-ins (Yang et al. 2015): dataset_TSMC2014_NYC.txt or dataset_TSMC2014_TKY.txt, in UTC; or
foursquare_train.csv, _valid.csv and _test.csv of one log of New York, whose day 0 is taken for 3 April 2012
and whose times are local ones. ${SAME}`,
  read: readCheckIns,
});

export const foursquareNyc = checkIns({
  name: 'foursquare-nyc',
  doc: `Foursquare check-ins (Yang et al. 2015) of New York by number: train_data.csv and test_data.csv (Uid, Pid, Time), times local.
Rows of the second that the first has too are duplicates. ${SAME}`,
  read: readLocalCheckIns,
});

function checkIns({
  name,
  doc,
  read,
}: Pick<Dataset, 'name' | 'doc'> & {
  read: (folder: string) => AsyncGenerator<Read<CheckIn>[]>;
}): Dataset {
  const format: LogFormat = {
    dataset: name,
    reads: read,
    sorting: logRows,
    attributionWindowMs: WINDOW_MS,
    stepper: () =>
      new SingleSteps({
        dataset: name,
        feedback: () => [{ kind: 'click', positive: true, value: 1 }],
      }),
  };
  return {
    name,
    doc,
    attributionWindowMs: WINDOW_MS,
    items: (folder) => placesOf(read(folder)),
    check: (folder) => checkLog(format, folder),
    open: (folder, options) => openLog(format, folder, options),
  };
}

/** The catalogue: each place where it first appears in the log. Memory: one name a distinct place. */
async function* placesOf(reads: AsyncIterable<Read<CheckIn>[]>): AsyncGenerator<Item> {
  const seen = new Set<string>();
  for await (const { itemId, place } of readable(reads)) {
    if (seen.has(itemId)) continue;
    seen.add(itemId);
    const title = [`place ${itemId}`, ...place.groups].join(', ');
    yield { itemId, at: 0, title, text: title, ...place };
  }
}
