// The world's slates as logs in the official formats of KuaiRec and Taobao, for fixtures and replays.
import { mix32 } from '../random.ts';
import type { Served } from './live.ts';
import { TOPICS } from './topics.ts';
import type { World } from './world.ts';

/** Texts of files, by name. */
export type Files = Readonly<Record<string, string>>;

/** Time between the looks at two items of a slate, ms. */
const LOOK_MS = 1000;

/**
 * The files of KuaiRec: big_matrix.csv, item_categories.csv and kuairec_caption_category.csv (Gao
 * et al. 2022). Each shown item is a view; a click is a watch ratio of 2 or more, as the set's
 * authors count positives.
 */
export function kuairecFiles(world: World, served: Iterable<Served>): Files {
  const rows = [
    'user_id,video_id,play_duration,video_duration,time,date,timestamp,watch_ratio',
    ...looks(served).map(({ userId, itemId, at, clicked, noise }) => {
      const length = 10_000 + (Number(itemId) % 50) * 100;
      const played = Math.round(length * (clicked ? 2 + noise : 1.9 * noise));
      const time = new Date(at).toISOString().replace('T', ' ').replace('Z', '');
      const date = time.slice(0, 10).replaceAll('-', '');
      const fields = [userId, itemId, played, length, time, date, at / 1000, played / length];
      return fields.join(',');
    }),
  ];
  const categories = world.items.map(({ itemId, topics }) => `${itemId},"[${topics.join(', ')}]"`);
  const captions = world.items.map(({ itemId, title, text, groups, topics }) => {
    const main = topics[0]!;
    const levels = `${main},${TOPICS[main]!.name},-124,UNKNOWN,-124,UNKNOWN`;
    return `${itemId},${title},"${text}","[${groups.join(',')}]",${levels}`;
  });
  const levels = ['first', 'second', 'third'].flatMap((level) => [
    `${level}_level_category_id`,
    `${level}_level_category_name`,
  ]);
  return {
    'big_matrix.csv': lines(rows),
    'item_categories.csv': lines(['video_id,feat', ...categories]),
    'kuairec_caption_category.csv': lines([
      ['video_id', 'manual_cover_text', 'caption', 'topic_tag', ...levels].join(','),
      ...captions,
    ]),
  };
}

/**
 * UserBehavior.csv (Zhu et al. 2018): each shown item is a page view; a click is a cart, a favourite
 * or a purchase in the second of its view.
 */
export function taobaoFiles(world: World, served: Iterable<Served>): Files {
  const rows = looks(served).flatMap(({ userId, itemId, at, clicked, noise }) => {
    const seconds = Math.floor(at / 1000);
    const row = (behaviour: string) =>
      [userId, itemId, world.item(itemId)!.topics[0], behaviour, seconds].join(',');
    if (!clicked) return [row('pv')];
    return [row('pv'), row(noise < 0.5 ? 'cart' : noise < 0.8 ? 'fav' : 'buy')];
  });
  return { 'UserBehavior.csv': lines(rows) };
}

interface Look {
  userId: string;
  itemId: string;
  at: number;
  clicked: boolean;
  /** A number drawn uniformly from [0, 1) for the look. */
  noise: number;
}

/** The looks at all shown items, in order of time. */
function looks(served: Iterable<Served>): Look[] {
  const all: Look[] = [];
  for (const { context, examples } of served) {
    for (const { itemId, position, positive } of examples[0]!.items) {
      const noise = (mix32(all.length) >>> 0) / 0x1_0000_0000;
      const at = context.at + position * LOOK_MS;
      all.push({ userId: context.state.userId, itemId, at, clicked: positive, noise });
    }
  }
  return all;
}

function lines(rows: readonly string[]): string {
  return `${rows.join('\n')}\n`;
}
