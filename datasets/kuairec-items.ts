// KuaiRec's catalogue: item_categories.csv, and the captions where they were downloaded too.
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

/** Rows of both files of the catalogue. */
export async function* readCatalogue(folder: string): AsyncGenerator<Read<unknown>[]> {
  yield* readCategories(folder);
  yield* readCaptions(folder);
}

/** Every video of item_categories.csv. Memory: the captions, about 10,000. */
export async function* readVideos(folder: string): AsyncGenerator<Item> {
  const captions = new Map<string, Caption>();
  const categories = readable(readCategories(folder));
  for await (const caption of readable(readCaptions(folder)))
    captions.set(caption.videoId, caption);
  for await (const { videoId, tags } of categories)
    yield itemOf(videoId, tags, captions.get(videoId));
}

async function* readCategories(folder: string): AsyncGenerator<Read<Categories>[]> {
  const path = await needFile('kuairec', folder, ['item_categories.csv']);
  yield* readRows(path, { columns: ['video_id', 'feat'] }, ([id = '', feat = '']) => {
    const tags = /^\[\s*(\d+(?:\s*,\s*\d+)*)?\s*\]$/.exec(feat);
    if (!tags) throw new BadField('its feat is not a list like [8, 27]');
    return { videoId: idField('video_id', id), tags: tags[1]?.split(/\s*,\s*/) ?? [] };
  });
}

async function* readCaptions(folder: string): AsyncGenerator<Read<Caption>[]> {
  const path = await findFile(folder, ['kuairec_caption_category.csv']);
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

function itemOf(videoId: string, tags: string[], caption: Caption | undefined): Item {
  const title = caption?.cover || caption?.caption || `video ${videoId}`;
  const text = [title];
  if (caption?.caption && caption.caption !== title) text.push(caption.caption);
  if (caption && caption.categories.length > 0) {
    text.push(`categories ${caption.categories.join(', ')}`);
  }
  if (caption && caption.topics.length > 0) text.push(`topics ${caption.topics.join(', ')}`);
  if (!caption && tags.length > 0) text.push(`tags ${tags.join(', ')}`);
  const attributes: Item['attributes'] = {};
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
