// Amazon's products: the metadata where it is there, and each product of the log that it does not have.
import type { Item } from '../schemas/topics/items.ts';
import { type AmazonFile, amazonFiles } from './amazon-files.ts';
import { readReviews } from './amazon-rows.ts';
import { wordField } from './fields.ts';
import { type JsonRow, readJsonLines } from './json-lines.ts';
import { parsePythonLiteral } from './python-literal.ts';
import { type Read, readable } from './rows.ts';

/** Longest title, and longest text that is kept of a description, characters. */
const LONGEST_TITLE = 500;
const LONGEST_TEXT = 4_000;
/** Largest number of categories of a product; the widest come first. */
const MOST_CATEGORIES = 10;

/** Every line of the metadata. */
export async function* readProducts(folder: string): AsyncGenerator<Read<Item>[]> {
  for (const file of await amazonFiles(folder)) {
    if (file.kind !== 'products') continue;
    yield* readJsonLines(file.path, {
      needs: [['parent_asin'], ['asin']],
      make: (row) => productOf(row, file),
      parse: jsonOrPython,
    });
  }
}

/** The catalogue: each product once. Memory: one id a product. */
export async function* products(folder: string): AsyncGenerator<Item> {
  const seen = new Set<string>();
  for await (const item of readable(readProducts(folder))) {
    if (seen.has(item.itemId)) continue;
    seen.add(item.itemId);
    yield item;
  }
  const files = await amazonFiles(folder);
  const categories = new Map(
    files.map(({ path, category }) => [path.split('/').at(-1)!, category]),
  );
  for await (const batch of readReviews(folder)) {
    for (const { value, origin } of batch) {
      if (value === null || seen.has(value.itemId)) continue;
      seen.add(value.itemId);
      yield named({ itemId: value.itemId, category: categories.get(origin) ?? '' });
    }
  }
}

/** The metadata of 2014 is written in Python, that of later years in JSON. */
function jsonOrPython(text: string): unknown {
  return /^\s*\{\s*"/.test(text) ? JSON.parse(text) : parsePythonLiteral(text);
}

function productOf(row: JsonRow, { category }: AmazonFile): Item {
  const title = wordsOf(row.title);
  const brand = wordsOf(row.brand ?? row.store).replace(/^by /, '');
  return named({
    itemId: wordField('product', String(row.parent_asin ?? row.asin ?? '')),
    category,
    // Some pages of 2018 were kept as scripts instead of titles.
    title: title.includes('getTime') ? '' : title,
    description: wordsOf(row.description),
    categories: categoriesOf(row.categories ?? row.category),
    attributes: { brand, price: wordsOf(row.price) },
  });
}

function named(known: {
  itemId: string;
  category: string;
  title?: string;
  description?: string;
  categories?: readonly string[];
  attributes?: Item['attributes'];
}): Item {
  const { itemId, category, description = '', categories = [], attributes = {} } = known;
  const title = (known.title || `product ${itemId}`).slice(0, LONGEST_TITLE);
  const groups = [...new Set([category.replaceAll('_', ' '), ...categories])];
  const text = [title, ...(groups.length > 0 ? [`categories ${groups.join(', ')}`] : [])];
  if (description !== '') text.push(description);
  const told = Object.entries(attributes).filter(([, value]) => value !== '' && value !== 'None');
  return {
    itemId,
    at: 0,
    title,
    text: text.join('. ').slice(0, LONGEST_TEXT),
    groups: groups.slice(0, MOST_CATEGORIES),
    attributes: Object.fromEntries(told.map(([name, value]) => [name, value.slice(0, 200)])),
  };
}

/** A list of names, or lists of names; what comes after markup in it is no name. */
function categoriesOf(value: unknown): string[] {
  const names = Array.isArray(value) ? value.flat().map(wordsOf) : [];
  const markup = names.findIndex((name) => name.length > 80);
  return names.slice(0, markup < 0 ? undefined : markup).filter((name) => name !== '');
}

const ENTITIES: Readonly<Record<string, string>> = {
  ...{ amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ' },
};

/** The text of a field, without markup; of a list, its entries one after the other. */
function wordsOf(value: unknown): string {
  if (Array.isArray(value)) return value.map(wordsOf).filter(Boolean).join(' ');
  if (typeof value !== 'string' && typeof value !== 'number') return '';
  return String(value)
    .replace(/<[^>]*>/g, ' ')
    .replace(/&(?:#(\d+)|([a-z]+));/g, (all, code, name) =>
      code ? String.fromCodePoint(Math.min(Number(code), 0x10ffff)) : (ENTITIES[name] ?? all),
    )
    .replace(/\s+/g, ' ')
    .trim();
}
