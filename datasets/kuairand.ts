// KuaiRand: logs of a video app in which some videos were drawn at random; the versions Pure, 1K and 27K.
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { MillraceError } from '../schemas/errors.ts';
import type { Item } from '../schemas/topics/items.ts';
import type { Dataset } from './dataset.ts';
import { BadField, idField, millisField } from './fields.ts';
import { type LogRow, logRows } from './log-row.ts';
import type { LogUser } from './log-user.ts';
import { checkLog, type LogFormat, openLog } from './open-log.ts';
import { type Read, readable, readRows } from './rows.ts';
import { SingleSteps } from './single-steps.ts';
import { readUserTable } from './user-table.ts';

/** Videos in the pool from which the random ones were drawn, each as probable (Gao et al. 2022b). */
const POOL = 7583;

/** Bits of a row's code. */
const CLICK = 1;
const LIKE = 2;
const RANDOM = 4;

const VERSION = String.raw`_(?:pure|1k|27k)(?:_part\d+)?\.csv(?:\.gz)?$`;
const NAMES = {
  log: new RegExp(`^log_(?:random|standard)_.*${VERSION}`),
  videos: new RegExp(`^video_features_basic${VERSION}`),
  users: new RegExp(`^user_features${VERSION}`),
};
const WANTED: Record<keyof typeof NAMES, string> = {
  log: 'log_random_4_22_to_5_08_pure.csv and log_standard_… (or _1k, _27k)',
  videos: 'video_features_basic_pure.csv (or _1k, _27k)',
  users: '',
};

/** Files of a kind, by name, in the folder or in its folder `data`. */
async function filesOf(folder: string, kind: keyof typeof NAMES): Promise<string[]> {
  for (const place of [folder, join(folder, 'data')]) {
    const names = (await readdir(place).catch(() => [])).filter((name) => NAMES[kind].test(name));
    if (names.length > 0) return names.sort().map((name) => join(place, name));
  }
  if (WANTED[kind] === '') return [];
  throw new MillraceError({
    code: 'dataset-file-missing',
    what: `The kuairand log needs ${WANTED[kind]}, and it cannot be found.`,
    why: `Looked in ${folder} and in its folder data, for plain files and for those ending in .gz.`,
    todo: 'Give the folder of the official download, KuaiRand-Pure for one.',
  });
}

async function* readLogs(folder: string): AsyncGenerator<Read<LogRow>[]> {
  const columns = ['user_id', 'video_id', 'time_ms', 'is_click', 'is_like', 'is_rand'];
  for (const path of await filesOf(folder, 'log')) {
    yield* readRows(path, { columns }, ([user = '', video = '', time = '', ...flags], line) => {
      const [click, like, random] = flags.map((flag, at) => {
        if (flag !== '0' && flag !== '1') throw new BadField(`${columns[at + 3]} is not 0 or 1`);
        return flag === '1';
      });
      return {
        at: millisField('time_ms', time),
        userId: idField('user_id', user),
        itemId: idField('video_id', video),
        code: (click ? CLICK : 0) + (like ? LIKE : 0) + (random ? RANDOM : 0),
        value: 0,
        line,
      };
    });
  }
}

async function* readVideos(folder: string): AsyncGenerator<Read<Item>[]> {
  const columns = ['video_id', 'author_id', 'video_type', 'upload_dt', 'music_id', 'tag'];
  for (const path of await filesOf(folder, 'videos')) {
    yield* readRows(
      path,
      { columns },
      ([id = '', author = '', type = '', upload = '', ...rest]) => {
        const [music = '', tag = ''] = rest;
        const title = `video ${idField('video_id', id)}`;
        const tags = tag.split(',').filter((one) => /^\d+$/.test(one));
        const known = Object.entries({ author, type, upload, music }).filter(([, v]) => v !== '');
        return {
          itemId: id,
          at: 0,
          title,
          text: tags.length > 0 ? `${title}, tags ${tags.join(', ')}` : title,
          groups: tags,
          attributes: Object.fromEntries(known),
        };
      },
    );
  }
}

async function* readUsers(folder: string): AsyncGenerator<Read<LogUser>[]> {
  for (const path of await filesOf(folder, 'users')) yield* readUserTable(path, 'user_id');
}

const format: LogFormat = {
  dataset: 'kuairand',
  reads: readLogs,
  sorting: logRows,
  async *catalogue(folder): AsyncGenerator<Read<unknown>[]> {
    yield* readVideos(folder);
    yield* readUsers(folder);
  },
  // Video and feedback are one row, so the delay is 0; a window needs some length all the same.
  attributionWindowMs: 1000,
  stepper: () =>
    new SingleSteps({
      dataset: 'kuairand',
      feedback: ({ code }) => [
        ...(code & CLICK ? [{ kind: 'click' as const, positive: true, value: 1 }] : []),
        ...(code & LIKE ? [{ kind: 'like' as const, positive: true, value: 1 }] : []),
      ],
      drawnFrom: ({ code }) => (code & RANDOM ? POOL : undefined),
    }),
};

export const kuairand: Dataset = {
  name: 'kuairand',
  doc: `KuaiRand (Gao et al. 2022, CIKM, doi 10.1145/3511808.3557624), Pure, 1K or 27K: every log_random and log_standard file of the
folder, video_features_basic, and user_features if it is there. A shown video is an impression of one; is_click is a click worth
1, is_like feedback worth 1 more. Rows of a user less than 30 minutes apart form a session. A video shown by the random intervention
(is_rand 1) was drawn from a pool of ${POOL}, each as probable: its propensity is 1/${POOL}. The policies behind all other rows are
unknown; their propensities are estimated from the popularity among such rows before.`,
  attributionWindowMs: format.attributionWindowMs,
  items: (folder) => readable(readVideos(folder)),
  users: (folder) => readable(readUsers(folder)),
  check: (folder) => checkLog(format, folder),
  open: (folder, options) => openLog(format, folder, options),
};
