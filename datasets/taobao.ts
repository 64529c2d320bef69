// Taobao UserBehavior.csv, as Alibaba gives it: no header; user, item, category, behaviour, seconds.
import type { Item } from '../schemas/topics/items.ts';
import type { RowDataset } from './dataset.ts';
import { BadField, idField, secondsField } from './fields.ts';
import { needFile } from './files.ts';
import { type LogRow, logRows } from './log-row.ts';
import { checkLog, type LogFormat, openLog, openRows } from './open-log.ts';
import { type CsvLog, readable, readCsvLog, readRows } from './rows.ts';
import { BEHAVIOURS, TaobaoSteps } from './taobao-steps.ts';
import { VIEW_WINDOW_MS } from './views.ts';

const CODES = new Map<string, number>(BEHAVIOURS.map(({ name }, code) => [name, code]));

/** The log is of 2017; a row from before 1995 is the mistake of a clock, of which the full log has some. */
const EARLIEST = Date.UTC(1995, 0, 1);

const behaviours: CsvLog<LogRow> = {
  dataset: 'taobao',
  names: ['UserBehavior.csv'],
  csv: { columns: ['user', 'item', 'category', 'behaviour', 'timestamp'], header: false },
  read: ([user = '', item = '', category = '', behaviour = '', timestamp = '']) => {
    const code = CODES.get(behaviour);
    if (code === undefined) throw new BadField('its behaviour is none of pv, cart, fav, buy');
    idField('category', category);
    return {
      at: secondsField('timestamp', timestamp, EARLIEST),
      userId: idField('user', user),
      itemId: idField('item', item),
      code,
      value: 0,
    };
  },
};

const format: LogFormat = {
  dataset: 'taobao',
  reads: (folder) => readCsvLog(behaviours, folder),
  sorting: logRows,
  attributionWindowMs: VIEW_WINDOW_MS,
  stepper: () => new TaobaoSteps(),
};

export const taobao: RowDataset = {
  name: 'taobao',
  doc: `Taobao UserBehavior (Zhu et al. 2018, KDD), UserBehavior.csv. A page view (pv) is an impression of
one item. Cart, favourite and buy less than a day after the user's latest view of the item are its
clicks, worth ${BEHAVIOURS.slice(1)
    .map(({ value }) => value)
    .join(', ')}: the order is the shop's, the doubling is ours. One without such a view
names no impression. Rows less than 30 minutes apart form a session. Times before 1995 and
times to come, which the full log has by its users' own clocks, are dead letters. The logging policy is unknown; propensities
are estimated from the popularity before the view.`,
  attributionWindowMs: VIEW_WINDOW_MS,
  items,
  check: (folder) => checkLog(format, folder),
  open: (folder, options) => openLog(format, folder, options),
  openRows: (folder, options) => openRows(format, folder, options),
};

/**
 * The catalogue: each item where it first appears in the log. Memory: one number a distinct item.
 */
async function* items(folder: string): AsyncGenerator<Item> {
  const path = await needFile('taobao', folder, behaviours.names);
  const seen = new Set<number>();
  const parse = (fields: string[]) => ({ ...behaviours.read(fields), category: fields[2] ?? '' });
  for await (const { itemId, category } of readable(readRows(path, behaviours.csv, parse))) {
    if (seen.has(Number(itemId))) continue;
    seen.add(Number(itemId));
    const text = `item ${itemId}, category ${category}`;
    yield { itemId, at: 0, title: `item ${itemId}`, text, groups: [category], attributes: {} };
  }
}
