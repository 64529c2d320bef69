// KuaiRec: big_matrix.csv and small_matrix.csv, as Kuaishou and USTC give them.
import type { RowDataset } from './dataset.ts';
import { BadField, idField, numberField, secondsField } from './fields.ts';
import { findFile, needFile } from './files.ts';
import { filesOf, readCatalogue, readVideos } from './kuairec-items.ts';
import { type LogRow, logRows } from './log-row.ts';
import type { LogUser } from './log-user.ts';
import { checkLog, type LogFormat, openLog, openRows } from './open-log.ts';
import { type Read, readable, readRows } from './rows.ts';
import { SlateSteps } from './slates.ts';
import { readUserTable } from './user-table.ts';

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

const MATRICES = ['big_matrix.csv', 'small_matrix.csv'] as const;

/** Both matrices; a view that both hold counts once. */
async function* readViews(folder: string): AsyncGenerator<Read<LogRow>[]> {
  const found = await Promise.all(MATRICES.map((name) => findFile(folder, filesOf(name))));
  const paths = found.filter((path) => path !== null);
  if (paths.length === 0) await needFile('kuairec', folder, MATRICES);
  const columns = ['user_id', 'video_id', 'timestamp', 'watch_ratio'];
  for (const path of paths) {
    yield* readRows(
      path,
      { columns },
      ([user = '', video = '', timestamp = '', ratio = ''], line) => {
        if (timestamp === '') throw new BadField('it has no timestamp');
        return {
          at: secondsField('timestamp', timestamp),
          userId: idField('user_id', user),
          itemId: idField('video_id', video),
          code: 0,
          value: numberField('watch_ratio', ratio, 0, MOST_LOOPS),
          line,
        };
      },
    );
  }
}

async function* readUsers(folder: string): AsyncGenerator<Read<LogUser>[]> {
  const features = await findFile(folder, filesOf('user_features.csv'));
  if (features !== null) yield* readUserTable(features, 'user_id');
}

async function* readFriends(folder: string): AsyncGenerator<Read<LogUser>[]> {
  const path = await findFile(folder, filesOf('social_network.csv'));
  if (path === null) return;
  yield* readRows(path, { columns: ['user_id', 'friend_list'] }, ([id = '', list = '']) => {
    const friends = /^\[\s*(\d+(?:\s*,\s*\d+)*)?\s*\]$/.exec(list);
    if (!friends) throw new BadField('its friend_list is not a list like [4202, 7126]');
    const features = (friends[1]?.split(/\s*,\s*/) ?? []).map((friend) => `friend:${friend}`);
    return { userId: idField('user_id', id), features };
  });
}

/** Each user once. Memory: the friends of about 500 users. */
async function* users(folder: string): AsyncGenerator<LogUser> {
  const friends = new Map<string, readonly string[]>();
  for await (const { userId, features } of readable(readFriends(folder)))
    friends.set(userId, features);
  for await (const { userId, features } of readable(readUsers(folder))) {
    yield { userId, features: [...features, ...(friends.get(userId) ?? [])] };
    friends.delete(userId);
  }
  for (const [userId, features] of friends) yield { userId, features };
}

const format: LogFormat = {
  dataset: 'kuairec',
  reads: readViews,
  sorting: logRows,
  async *catalogue(folder): AsyncGenerator<Read<unknown>[]> {
    yield* readCatalogue(folder);
    yield* readUsers(folder);
    yield* readFriends(folder);
  },
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
  doc: `KuaiRec (Gao et al. 2022, CIKM, doi 10.1145/3511808.3557220), big_matrix.csv and small_matrix.csv,
or one of them where the other is not there. A viewed video is an impression of one; its watch ratio is the reward, and
${LIKED} or more (watched twice over) counts as a click, which is the authors' definition of a positive. Views
less than 30 minutes apart form a session. Rows without a timestamp are unreadable. The logging policy
is unknown; propensities are estimated from the popularity before the view.`,
  attributionWindowMs: format.attributionWindowMs,
  items: readVideos,
  users,
  check: (folder) => checkLog(format, folder),
  open: (folder, options) => openLog(format, folder, options),
  openRows: (folder, options) => openRows(format, folder, options),
};
