// KuaiRec: big_matrix.csv or small_matrix.csv, as Kuaishou and USTC give them.
import type { RowDataset } from './dataset.ts';
import { idField, numberField, secondsField } from './fields.ts';
import { readCatalogue, readVideos } from './kuairec-items.ts';
import { type LogRow, logRows } from './log-row.ts';
import { checkLog, type LogFormat, openLog, openRows } from './open-log.ts';
import { type CsvLog, readCsvLog } from './rows.ts';
import { SlateSteps } from './slates.ts';

/**
 * Watch ratio from which a video counts as liked: seen twice over, as the set's authors define it
 * (Gao et al. 2022).
 */
const LIKED = 2;
/**
 * Largest watch ratio that is read: far above any real one, though a looped video can play all
 * night.
 */
const MOST_LOOPS = 1e6;

const views: CsvLog<LogRow> = {
  dataset: 'kuairec',
  names: ['big_matrix.csv', 'small_matrix.csv'],
  csv: { columns: ['user_id', 'video_id', 'timestamp', 'watch_ratio'] },
  read: ([user = '', video = '', timestamp = '', ratio = '']) => ({
    at: secondsField('timestamp', timestamp),
    userId: idField('user_id', user),
    itemId: idField('video_id', video),
    code: 0,
    value: numberField('watch_ratio', ratio, 0, MOST_LOOPS),
  }),
};

const format: LogFormat = {
  dataset: 'kuairec',
  reads: (folder) => readCsvLog(views, folder),
  sorting: logRows,
  catalogue: readCatalogue,
  // View and watch ratio are one row, so the delay is 0; a window needs some length all the same.
  attributionWindowMs: 1000,
  stepper: () =>
    new SlateSteps({
      dataset: 'kuairec',
      size: 1,
      feedback: ({ value }) => ({ kind: 'watch', positive: value >= LIKED, value }),
    }),
};

export const kuairec: RowDataset = {
  name: 'kuairec',
  doc: `KuaiRec (Gao et al. 2022, CIKM, doi 10.1145/3511808.3557220), big_matrix.csv, or small_matrix.csv
where that is the only one. A viewed video is an impression of one; its watch ratio is the reward, and
${LIKED} or more (watched twice over) counts as a click, which is the authors' definition of a positive. Views
less than 30 minutes apart form a session. Rows without a timestamp are unreadable. The logging policy
is unknown; propensities are estimated from the popularity before the view.`,
  attributionWindowMs: format.attributionWindowMs,
  items: readVideos,
  check: (folder) => checkLog(format, folder),
  open: (folder, options) => openLog(format, folder, options),
  openRows: (folder, options) => openRows(format, folder, options),
};
