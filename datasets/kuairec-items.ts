// KuaiRec's catalogue: item_categories.csv, and the captions and daily features where they are there.
import type { Item } from '../schemas/topics/items.ts';
import { BadField, idField } from './fields.ts';
import { findFile, needFile } from './files.ts';
import { type Read, readable, readRows } from './rows.ts';

const LEVELS = ['first', 'second', 'third'] as const;
const CAPTION_COLUMNS = [
  'video_id',
  'manual_cover_text',
  'caption',
  'topic_tag',
  ...LEVELS.map((level) => `${level}_level_category_name`),
];

interface Caption {
  videoId: string;
  cover: string;
  caption: string;
  topics: string[];
  /** Names of the categories, from the widest to the narrowest. */
  categories: string[];
}

interface Categories {
  videoId: string;
  /** Ids of the video's tags, which the set gives no names. */
  tags: string[];
}

/** What the table of daily figures says of a video that does not change from day to day. */
interface Daily {
  videoId: string;
  attributes: Item['attributes'];
}

/** Rows of all files of the catalogue. */
export async function* readCatalogue(folder: string): AsyncGenerator<Read<unknown>[]> {
  yield* readCategories(folder);
  yield* readCaptions(folder);
  yield* readDaily(folder);
}

/** Every video of item_categories.csv. Memory: the captions and attributes, about 10,000. */
export async function* readVideos(folder: string): AsyncGenerator<Item> {
  const captions = new Map<string, Caption>();
  const daily = new Map<string, Daily['attributes']>();
  const categories = readable(readCategories(folder));
  for await (const caption of readable(readCaptions(folder)))
    captions.set(caption.videoId, caption);
  for await (const { videoId, attributes } of readable(readDaily(folder)))
    daily.set(videoId, attributes);
  for await (const { videoId, tags } of categories)
    yield itemOf(videoId, tags, captions.get(videoId), daily.get(videoId));
}

async function* readCategories(folder: string): AsyncGenerator<Read<Categories>[]> {
  const path = await needFile('kuairec', folder, filesOf('item_categories.csv'));
  yield* readRows(path, { columns: ['video_id', 'feat'] }, ([id = '', feat = '']) => {
    const tags = /^\[\s*(\d+(?:\s*,\s*\d+)*)?\s*\]$/.exec(feat);
    if (!tags) throw new BadField('its feat is not a list like [8, 27]');
    return { videoId: idField('video_id', id), tags: tags[1]?.split(/\s*,\s*/) ?? [] };
  });
}

async function* readCaptions(folder: string): AsyncGenerator<Read<Caption>[]> {
  const path = await findFile(folder, filesOf('kuairec_caption_category.csv'));
  if (path === null) return;
  const csv = { columns: CAPTION_COLUMNS, multiline: true };
  yield* readRows(path, csv, ([id = '', cover = '', caption = '', topics = '', ...names]) => ({
    videoId: idField('video_id', id),
    cover: known(cover),
    caption: known(caption),
    topics: topics
      .replace(/^\[|\]$/g, '')
      .split(',')
      .map(known)
      .filter(Boolean),
    categories: names.map(known).filter(Boolean),
  }));
}

/**
 * The counts of each day are left out: most are of days to come when a video is shown.
 */
async function* readDaily(folder: string): AsyncGenerator<Read<Daily>[]> {
  const path = await findFile(folder, filesOf('item_daily_features.csv'));
  if (path === null) return;
  const columns = ['video_id', 'author_id', 'video_type', 'upload_dt', 'video_tag_name'];
  yield* readRows(path, { columns }, ([id = '', author = '', type = '', upload = '', tag = '']) => {
    const all = { author, type, upload, tag: known(tag) };
    return {
      videoId: idField('video_id', id),
      attributes: Object.fromEntries(Object.entries(all).filter(([, value]) => value !== '')),
    };
  });
}

/** Where a file of the set may be: in the folder, or in the folder `data` of the download. */
export const filesOf = (name: string) => [name, `data/${name}`];

function itemOf(
  videoId: string,
  tags: string[],
  caption: Caption | undefined,
  daily: Item['attributes'] = {},
): Item {
  const title = caption?.cover || caption?.caption || `video ${videoId}`;
  const text = [title];
  if (caption?.caption && caption.caption !== title) text.push(caption.caption);
  if (caption && caption.categories.length > 0) {
    text.push(`categories ${caption.categories.join(', ')}`);
  }
  if (caption && caption.topics.length > 0) text.push(`topics ${caption.topics.join(', ')}`);
  if (!caption && tags.length > 0) text.push(`tags ${tags.join(', ')}`);
  const attributes: Item['attributes'] = { ...daily };
  if (caption?.caption) attributes.caption = caption.caption;
  if (caption && caption.topics.length > 0) attributes.topics = caption.topics.join(', ');
  if (caption && caption.categories.length > 0) {
    attributes.categories = caption.categories.join(', ');
  }
  return { itemId: videoId, at: 0, title, text: text.join(', '), groups: tags, attributes };
}

/** The text on one line; empty if the set says that it does not know. */
function known(text: string): string {
  const clean = text.replace(/\s+/g, ' ').trim();
  return clean === 'UNKNOWN' || clean === 'nan' ? '' : clean;
}
