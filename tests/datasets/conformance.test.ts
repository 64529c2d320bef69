// The logs under one suite.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { datasets } from '../../datasets/index.ts';
import { describeDataset } from '../support/describe-dataset.ts';

const fixtures = join(import.meta.dirname, 'fixtures');

describeDataset(() => ({
  dataset: datasets.movielens,
  folder: join(fixtures, 'movielens'),
  log: 'ratings.csv',
  hasHeader: true,
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
  hasHeader: false,
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
  hasHeader: true,
  catalogue: ['item_categories.csv'],
  rows: 6,
  unreadable: [6],
  unreadableItems: ['item_categories.csv:6'],
  spoil: (text) => ({ text: text.replace('watch_ratio', 'ratio'), named: 'timestamp, ratio' }),
}));

describeDataset(() => ({
  dataset: datasets.mind,
  folder: join(fixtures, 'mind'),
  log: 'behaviors.tsv',
  hasHeader: false,
  catalogue: ['news.tsv'],
  rows: 7,
  unreadable: [5, 6, 7],
  unreadableItems: ['news.tsv:4'],
  spoil: (text) => ({
    text: text.replaceAll(/\t[^\t\n]*$/gm, ''),
    named: '4 of the 5 fields (impression id, user, time, history, impressions)',
  }),
}));

describeDataset(() => ({
  dataset: datasets['open-bandit'],
  folder: join(fixtures, 'open-bandit/random/men'),
  log: 'men.csv',
  hasHeader: true,
  catalogue: ['item_context.csv'],
  rows: 42,
  unreadable: [14, 27],
  unreadableItems: [],
  spoil: (text) => ({ text: text.replace('propensity_score', 'p'), named: 'position, click, p' }),
}));

describeDataset(() => ({
  dataset: datasets.coat,
  folder: join(fixtures, 'coat'),
  log: 'train.ascii',
  hasHeader: false,
  catalogue: ['item_features.ascii'],
  rows: 12,
  unreadable: [],
  unreadableItems: [],
  spoil: (text) => ({
    text: text.replaceAll(/ \d$/gm, ''),
    named: 'it is 3 × 4 instead of 3 × 3',
  }),
  spoiled: 'dataset-file-unreadable',
  empty: async (folder) => {
    const none = '0 0 0 0\n'.repeat(3);
    await writeFile(join(folder, 'train.ascii'), none);
    await writeFile(join(folder, 'test.ascii'), none);
  },
}));

describeDataset(() => ({
  dataset: datasets['amazon-beauty'],
  folder: join(fixtures, 'amazon-beauty'),
  log: 'test.jsonl',
  hasHeader: false,
  catalogue: [],
  rows: 10,
  unreadable: [4],
  unreadableItems: [],
  spoil: (text) => ({
    text: text.replaceAll('"target"', '"next"'),
    named: 'Its first line names: user_id, history, next',
  }),
}));
