// Amazon's reviews in the official files of 2014, 2018 and 2023 as a log to replay.
import { products, readProducts } from './amazon-products.ts';
import { readReviews } from './amazon-rows.ts';
import type { RowDataset } from './dataset.ts';
import { logRows } from './log-row.ts';
import { LIKED } from './movielens.ts';
import { checkLog, type LogFormat, openLog, openRows } from './open-log.ts';
import { SlateSteps } from './slates.ts';

const format: LogFormat = {
  dataset: 'amazon-reviews',
  reads: readReviews,
  sorting: logRows,
  catalogue: readProducts,
  // Product and review are one row, so the delay is 0; a window needs some length all the same.
  attributionWindowMs: 1000,
  stepper: () =>
    new SlateSteps({
      dataset: 'amazon-reviews',
      size: 1,
      feedback: ({ value }) => ({ kind: 'rating', positive: value >= LIKED, value }),
    }),
};

export const amazonReviews: RowDataset = {
  name: 'amazon-reviews',
  doc: `Amazon Reviews (Hou et al. 2024; Ni et al. 2019; McAuley et al. 2015): files of reviews in JSON lines or of ratings in CSV,
of 2014, 2018 or 2023, and their metadata, meta_<category>, if it is there. A review is an impression of one
product; its reward is the number of stars, and ${LIKED} stars or more count as a click. Reviews of a user less
than 30 minutes apart form a session; the older files have days instead of times. All categories in the folder are
one log, and a product's first group is its category. A review that comes again counts once. The logging policy
is unknown; propensities are estimated from the popularity before the review.`,
  attributionWindowMs: format.attributionWindowMs,
  items: products,
  check: (folder) => checkLog(format, folder),
  open: (folder, options) => openLog(format, folder, options),
  openRows: (folder, options) => openRows(format, folder, options),
};
