// The logs under one suite.
import { rm, writeFile } from 'node:fs/promises';
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
  dataset: datasets.movielens,
  edition: '1M',
  folder: join(fixtures, 'movielens-1m'),
  log: 'ratings.dat',
  hasHeader: false,
  catalogue: ['movies.dat'],
  rows: 9,
  unreadable: [6, 7],
  repeated: [8],
  unreadableItems: ['movies.dat:4', 'users.dat:3'],
  users: 2,
  spoil: (text) => ({
    text: text.replaceAll(/::\d+$/gm, ''),
    named: '3 of the 4 fields (userId, movieId, rating, timestamp): 1, 10, 5',
  }),
}));

describeDataset(() => ({
  dataset: datasets.movielens,
  edition: '100K',
  folder: join(fixtures, 'movielens-100k'),
  log: 'u.data',
  hasHeader: false,
  catalogue: ['u.item'],
  rows: 8,
  unreadable: [5, 6],
  repeated: [7],
  unreadableItems: ['u.item:5', 'u.user:3'],
  users: 2,
  spoil: (text) => ({
    text: text.replaceAll(/\t\d+$/gm, ''),
    named: '3 of the 4 fields (userId, movieId, rating, timestamp): 196, 242, 3',
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
  rows: 12,
  unreadable: [4],
  repeated: [1, 1],
  unreadableItems: [],
  spoil: (text) => ({
    text: text.replaceAll('"target"', '"next"'),
    named: 'Its first line names: user_id, history, next',
  }),
}));

describeDataset(() => ({
  dataset: datasets['amazon-reviews'],
  edition: '2014',
  folder: join(fixtures, 'amazon-reviews'),
  log: 'reviews_Beauty_5.json',
  hasHeader: false,
  catalogue: [],
  rows: 6,
  unreadable: [3, 4],
  unreadableItems: ['meta_Beauty.json:3'],
  spoil: (text) => ({ text: text.replaceAll('"asin"', '"product"'), named: 'reviewerID, product' }),
}));

describeDataset(() => ({
  dataset: datasets['amazon-reviews'],
  edition: '2018',
  folder: join(fixtures, 'amazon-reviews-2018'),
  log: 'All_Beauty_5.json',
  hasHeader: false,
  catalogue: [],
  rows: 6,
  unreadable: [4],
  repeated: [3, 6],
  unreadableItems: ['meta_All_Beauty.json:4'],
  spoil: (text) => ({ text: text.replaceAll('"overall"', '"stars"'), named: 'stars, vote' }),
}));

describeDataset(() => ({
  dataset: datasets['amazon-reviews'],
  edition: '2023',
  folder: join(fixtures, 'amazon-reviews-2023'),
  log: 'All_Beauty.jsonl',
  hasHeader: false,
  catalogue: [],
  rows: 6,
  unreadable: [4, 6],
  repeated: [5],
  unreadableItems: [],
  spoil: (text) => ({ text: text.replaceAll('"user_id"', '"user"'), named: 'parent_asin, user' }),
}));

describeDataset(() => ({
  dataset: datasets['amazon-reviews'],
  edition: 'ratings only',
  folder: join(fixtures, 'amazon-reviews-ratings'),
  log: 'ratings_Beauty.csv',
  hasHeader: false,
  catalogue: [],
  rows: 5,
  unreadable: [4, 5],
  repeated: [3],
  unreadableItems: [],
  spoil: (text) => ({
    text: text.replaceAll(/,\d+$/gm, ''),
    named: '3 of the 4 fields (user, item, rating, timestamp): A39HTATAQ9V7YF, 0205616461, 5.0',
  }),
}));

describeDataset(() => ({
  dataset: datasets['taobao-ads'],
  folder: join(fixtures, 'taobao-ads'),
  log: 'raw_sample.csv',
  hasHeader: true,
  catalogue: ['ad_feature.csv'],
  rows: 8,
  unreadable: [7, 8],
  repeated: [6],
  unreadableItems: ['ad_feature.csv:5', 'user_profile.csv:4'],
  users: 2,
  spoil: (text) => ({ text: text.replace('adgroup_id', 'ad'), named: 'time_stamp, ad, pid' }),
}));

describeDataset(() => ({
  dataset: datasets.kuairec,
  edition: 'whole',
  folder: join(fixtures, 'kuairec-whole'),
  log: 'data/big_matrix.csv',
  hasHeader: true,
  catalogue: ['data/item_categories.csv'],
  rows: 8,
  unreadable: [7],
  otherUnreadable: ['small_matrix.csv:3'],
  repeated: [5],
  unreadableItems: ['item_daily_features.csv:5', 'user_features.csv:4'],
  users: 3,
  alone: async (folder) => await rm(join(folder, 'data/small_matrix.csv')),
  spoil: (text) => ({ text: text.replace('watch_ratio', 'ratio'), named: 'timestamp, ratio' }),
}));

describeDataset(() => ({
  dataset: datasets.kuairand,
  edition: 'Pure',
  folder: join(fixtures, 'kuairand'),
  log: 'log_random_4_22_to_5_08_pure.csv',
  hasHeader: true,
  catalogue: ['video_features_basic_pure.csv'],
  rows: 8,
  unreadable: [6, 7],
  repeated: [5],
  unreadableItems: ['video_features_basic_pure.csv:4'],
  users: 2,
  spoil: (text) => ({ text: text.replace('is_rand', 'rand'), named: 'is_profile_enter, rand' }),
}));

describeDataset(() => ({
  dataset: datasets.recbole,
  folder: join(fixtures, 'recbole'),
  log: 'ml-made.inter',
  hasHeader: true,
  catalogue: [],
  rows: 7,
  unreadable: [6, 7],
  repeated: [5],
  unreadableItems: ['ml-made.item:4', 'ml-made.user:4'],
  users: 2,
  spoil: (text) => ({
    text: text.replace('item_id:token', 'item:float'),
    named: 'user_id:token, item:float, rating:float',
  }),
}));
