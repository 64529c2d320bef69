// Taobao's display advertising: raw_sample.csv, ad_feature.csv and user_profile.csv, as Alibaba gives them.
import type { Item } from '../schemas/topics/items.ts';
import type { Dataset } from './dataset.ts';
import { BadField, idField, secondsField, wordField } from './fields.ts';
import { findFile, needFile } from './files.ts';
import { type LogRow, logRows } from './log-row.ts';
import { featuresOf, type LogUser } from './log-user.ts';
import { checkLog, type LogFormat, openLog } from './open-log.ts';
import { type Read, readable, readCsvLog, readRows } from './rows.ts';
import { SingleSteps } from './single-steps.ts';

/** A row's code: whether it was clicked, and above that the number of its place on the pages. */
const CLICKED = 1;

function readSample(folder: string): AsyncGenerator<Read<LogRow>[]> {
  const places = new Map<string, number>();
  return readCsvLog<LogRow>(
    {
      dataset: 'taobao-ads',
      names: ['raw_sample.csv'],
      csv: { columns: ['user', 'time_stamp', 'adgroup_id', 'pid', 'nonclk', 'clk'] },
      read: ([user = '', time = '', ad = '', pid = '', nonclk = '', clk = '']) => {
        if (!(clk === '1' && nonclk === '0') && !(clk === '0' && nonclk === '1')) {
          throw new BadField(`clk ${clk} and nonclk ${nonclk} are not 1 and 0, or 0 and 1`);
        }
        const place = wordField('pid', pid);
        if (!places.has(place)) places.set(place, places.size);
        return {
          at: secondsField('time_stamp', time),
          userId: idField('user', user),
          itemId: idField('adgroup_id', ad),
          code: Number(clk) + 2 * places.get(place)!,
          value: 0,
        };
      },
    },
    folder,
  );
}

async function* readAds(folder: string): AsyncGenerator<Read<Item>[]> {
  const path = await needFile('taobao-ads', folder, ['ad_feature.csv']);
  const columns = ['adgroup_id', 'cate_id', 'campaign_id', 'customer', 'brand', 'price'];
  yield* readRows(path, { columns }, ([id = '', category = '', ...rest]): Item => {
    const title = `ad ${idField('adgroup_id', id)}`;
    const [campaign = '', customer = '', brand = '', price = ''] = rest.map((field) =>
      field === 'NULL' ? '' : field,
    );
    const known = Object.entries({ campaign, customer, brand, price });
    return {
      itemId: id,
      at: 0,
      title,
      text: `${title}, category ${category}${brand === '' ? '' : `, brand ${brand}`}`,
      groups: [idField('cate_id', category)],
      attributes: Object.fromEntries(known.filter(([, value]) => value !== '')),
    };
  });
}

/** The header of the official file ends in a blank; many users have no spending level and no city. */
const PROFILE = [
  ...['userid', 'cms_segid', 'cms_group_id', 'final_gender_code', 'age_level', 'pvalue_level'],
  ...['shopping_level', 'occupation', 'new_user_class_level'],
];

async function* readProfiles(folder: string): AsyncGenerator<Read<LogUser>[]> {
  const path = await findFile(folder, ['user_profile.csv']);
  if (path === null) return;
  yield* readRows(path, { columns: PROFILE }, ([id = '', ...fields]) => ({
    userId: idField('userid', id),
    features: featuresOf(PROFILE.slice(1), fields),
  }));
}

const format: LogFormat = {
  dataset: 'taobao-ads',
  reads: readSample,
  sorting: logRows,
  async *catalogue(folder): AsyncGenerator<Read<unknown>[]> {
    yield* readAds(folder);
    yield* readProfiles(folder);
  },
  // Ad and click are one row, so the delay is 0; a window needs some length all the same.
  attributionWindowMs: 1000,
  stepper: () =>
    new SingleSteps({
      dataset: 'taobao-ads',
      feedback: ({ code }) => (code & CLICKED ? [{ kind: 'click', positive: true, value: 1 }] : []),
    }),
};

export const taobaoAds: Dataset = {
  name: 'taobao-ads',
  doc: `Taobao display advertising (Zhou et al. 2018, KDD), raw_sample.csv, ad_feature.csv, and user_profile.csv if it is there.
A shown ad is an impression of one; a click is worth 1 and has the time of the impression. Rows of a user less than
30 minutes apart form a session. An ad's group is its category. behavior_log.csv is about categories, not ads, and is left out. The
logging policy is unknown; propensities are estimated from the popularity before the impression.`,
  attributionWindowMs: format.attributionWindowMs,
  items: (folder) => readable(readAds(folder)),
  users: (folder) => readable(readProfiles(folder)),
  check: (folder) => checkLog(format, folder),
  open: (folder, options) => openLog(format, folder, options),
};
