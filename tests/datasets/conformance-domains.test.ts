// The logs of medicine, jobs and sequences under the suite of all logs.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { datasets } from '../../datasets/index.ts';
import { describeDataset } from '../support/describe-dataset.ts';

const fixtures = join(import.meta.dirname, 'fixtures');

describeDataset(() => ({
  dataset: datasets['mimic-demo'],
  folder: join(fixtures, 'mimic-demo'),
  log: 'PRESCRIPTIONS.csv',
  hasHeader: true,
  catalogue: [],
  rows: 19,
  unreadable: [18, 19, 20],
  unreadableItems: [],
  spoil: (text) => ({ text: text.replace('STARTDATE', 'BEGUN'), named: 'ICUSTAY_ID, BEGUN' }),
}));

describeDataset(() => ({
  dataset: datasets['mimic-iv'],
  folder: join(fixtures, 'mimic-iv'),
  log: 'hosp/prescriptions.csv',
  hasHeader: true,
  catalogue: [],
  rows: 9,
  unreadable: [7, 10],
  unreadableItems: [],
  spoil: (text) => ({ text: text.replace('hadm_id', 'stay'), named: 'subject_id, stay' }),
}));

describeDataset(() => ({
  dataset: datasets.eicu,
  folder: join(fixtures, 'eicu'),
  log: 'medication.csv',
  hasHeader: true,
  catalogue: ['patient.csv'],
  rows: 29,
  unreadable: [27, 29, 30],
  unreadableItems: ['patient.csv:6'],
  spoil: (text) => ({
    text: text.replace('drugname', 'label'),
    named: 'drugordercancelled, label',
  }),
}));

describeDataset(() => ({
  dataset: datasets['boss-zhipin'],
  folder: join(fixtures, 'boss-zhipin'),
  log: 'action.csv',
  hasHeader: true,
  catalogue: ['job.csv'],
  rows: 87,
  unreadable: [86, 87, 88],
  unreadableItems: ['job.csv:14'],
  spoil: (text) => ({ text: text.replace('delivered', 'sent'), named: 'browsed, sent' }),
}));

describeDataset(() => ({
  dataset: datasets['amazon-industrial'],
  folder: join(fixtures, 'amazon-industrial'),
  log: 'valid.csv',
  hasHeader: true,
  catalogue: ['item.json'],
  rows: 25,
  unreadable: [18],
  unreadableItems: [],
  spoil: (text) => ({
    text: text.replace(',item_id,', ',target,'),
    named: 'history_item_id, target',
  }),
  alone: async (folder) => {
    const path = join(folder, 'test.csv');
    const text = await readFile(path, 'utf8');
    await writeFile(path, text.split('\n')[0]!);
  },
}));
