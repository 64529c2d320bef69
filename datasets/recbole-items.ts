// RecBole's `.item` as a catalogue: titles, groups and attributes by the names and types of its columns.
import type { Item } from '../schemas/topics/items.ts';
import { wordField } from './fields.ts';
import { type AtomicColumn, atomic, atomicFiles, columnsOf } from './recbole-files.ts';
import { type Read, readRows } from './rows.ts';

const TITLE = /(?:^|_)(?:title|name)$/;
const GROUPS = /genre|class|categor|tag|topic/;
/** Longest value that is kept, characters. */
const LONGEST = 1_000;

export async function* readItems(folder: string): AsyncGenerator<Read<Item>[]> {
  for (const path of await atomicFiles(folder, 'item')) {
    const columns = await columnsOf(path);
    const key = columns.find(({ type }) => type === 'token');
    if (!key) continue;
    const rest = columns.filter((column) => column !== key && column.type !== 'float_seq');
    const wanted = [key, ...rest].map(({ full }) => full);
    yield* readRows(path, { columns: wanted, ...atomic }, ([id = '', ...fields]) =>
      itemOf(wordField(key.name, id), rest, fields),
    );
  }
}

/** An item of which nothing more is known. */
export function unknownItem(itemId: string): Item {
  const title = `item ${itemId}`;
  return { itemId, at: 0, title, text: title, groups: [], attributes: {} };
}

function itemOf(itemId: string, columns: readonly AtomicColumn[], fields: readonly string[]): Item {
  const known = columns.flatMap((column, at) => {
    const value = (fields[at] ?? '').trim().slice(0, LONGEST);
    return value === '' ? [] : [{ ...column, value }];
  });
  const isGroups = ({ name, type }: AtomicColumn) => type === 'token_seq' && GROUPS.test(name);
  const titled = known.find(({ name, type }) => TITLE.test(name) && type.startsWith('token'));
  const groups = [...new Set(known.filter(isGroups).flatMap(({ value }) => names(value)))];
  const told = known.filter((column) => column !== titled && !isGroups(column));
  const title = titled?.value ?? `item ${itemId}`;
  return {
    itemId,
    at: 0,
    title,
    text: groups.length > 0 ? `${title}, groups ${groups.join(', ')}` : title,
    groups: groups.slice(0, 100),
    attributes: Object.fromEntries(told.map(({ name, value }) => [name, value])),
  };
}

/** The entries of a sequence: between quotes where there are some, else between blanks. */
function names(text: string): string[] {
  const quoted = [...text.matchAll(/'([^']+)'|"([^"]+)"/g)].map(([, a, b]) => a ?? b ?? '');
  // An apostrophe within a word, as in Children's, is no quote.
  const list = /^\s*\[?['"]/.test(text) ? quoted : text.split(' ');
  return list.map((name) => name.trim().slice(0, 200)).filter((name) => name !== '');
}
