// The three logs under one suite.
import { join } from 'node:path';
import { datasets } from '../../datasets/index.ts';
import { describeDataset } from '../support/describe-dataset.ts';

const fixtures = join(import.meta.dirname, 'fixtures');

describeDataset(() => ({
  dataset: datasets.movielens,
  folder: join(fixtures, 'movielens'),
  log: 'ratings.csv',
  catalogue: ['movies.csv'],
  rows: 20,
  unreadable: [8, 9],
  unreadableItems: ['movies.csv:5'],
  spoil: (text) => ({
    text: text.replace('timestamp', 'when'),
    named: 'userId, movieId, rating, when',
  }),
}));

describeDataset(() => ({
  dataset: datasets.taobao,
  folder: join(fixtures, 'taobao'),
  log: 'UserBehavior.csv',
  catalogue: [],
  rows: 14,
  unreadable: [11, 12, 13, 14],
  unreadableItems: [],
  spoil: (text) => ({
    text: text.replaceAll(/,\d+$/gm, ''),
    named: '4 of the 5 fields (user, item, category, behaviour, timestamp): 1, 100, 7, pv',
  }),
}));

describeDataset(() => ({
  dataset: datasets.kuairec,
  folder: join(fixtures, 'kuairec'),
  log: 'big_matrix.csv',
  catalogue: ['item_categories.csv'],
  rows: 6,
  unreadable: [6],
  unreadableItems: ['item_categories.csv:6'],
  spoil: (text) => ({ text: text.replace('watch_ratio', 'ratio'), named: 'timestamp, ratio' }),
}));
