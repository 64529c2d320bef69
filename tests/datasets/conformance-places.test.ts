// The logs of places and courses under the suite of data sets.
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { datasets } from '../../datasets/index.ts';
import { describeDataset } from '../support/describe-dataset.ts';

const fixtures = join(import.meta.dirname, 'fixtures');

describeDataset(() => ({
  dataset: datasets.foursquare,
  edition: 'TSMC2014',
  folder: join(fixtures, 'foursquare-tsmc'),
  log: 'dataset_TSMC2014_NYC.txt',
  hasHeader: false,
  catalogue: [],
  rows: 8,
  unreadable: [7, 8],
  repeated: [6],
  unreadableItems: [],
  spoil: (text) => ({
    text: text.replaceAll(/\t[^\t\n]*$/gm, ''),
    named: '7 of the 8 fields (user, venue, venue category id',
  }),
}));

describeDataset(() => ({
  dataset: datasets.foursquare,
  edition: 'CSV',
  folder: join(fixtures, 'foursquare-csv'),
  log: 'foursquare_train.csv',
  hasHeader: true,
  catalogue: [],
  rows: 8,
  unreadable: [5, 6],
  repeated: [7],
  unreadableItems: [],
  alone: async (folder) => {
    await rm(join(folder, 'foursquare_valid.csv'));
    await rm(join(folder, 'foursquare_test.csv'));
  },
  spoil: (text) => ({ text: text.replace('location_id', 'place'), named: 'user_id, place' }),
}));

describeDataset(() => ({
  dataset: datasets['foursquare-nyc'],
  folder: join(fixtures, 'foursquare-nyc'),
  log: 'train_data.csv',
  hasHeader: true,
  catalogue: [],
  rows: 6,
  unreadable: [5],
  repeated: [6],
  unreadableItems: [],
  alone: (folder) => writeFile(join(folder, 'test_data.csv'), 'Uid,Pid,Time\n'),
  spoil: (text) => ({ text: text.replace('Pid', 'Place'), named: 'Uid, Place, Time' }),
}));

describeDataset(() => ({
  dataset: datasets.coco,
  folder: join(fixtures, 'coco'),
  log: 'valid.txt',
  hasHeader: false,
  catalogue: ['i2kg_map.txt'],
  rows: 9,
  unreadable: [5, 6],
  unreadableItems: ['kg_final.txt:7', 'i2kg_map.txt:5'],
  alone: (folder) => writeFile(join(folder, 'test.txt'), ''),
  spoil: (text) => ({
    text: text.replaceAll(/\t[^\t\n]*$/gm, ''),
    named: '3 of the 4 fields (user, course, taken, time)',
  }),
}));

describeDataset(() => ({
  dataset: datasets.cnpc,
  folder: join(fixtures, 'cnpc'),
  log: 'train_valid_data_cnpc_v2.json',
  hasHeader: false,
  catalogue: [],
  rows: 10,
  unreadable: [5, 7],
  unreadableItems: [],
  alone: (folder) => writeFile(join(folder, 'test_data_cnpc_v2.json'), '\n'),
  spoil: (text) => ({ text: text.replaceAll('"item"', '"thing"'), named: 'user, thing' }),
}));
