// `POST /v1/items`: the catalogue, row by row: new items, changed ones and deletions.
import { z } from 'zod';
import type { Item, items } from '../../../../schemas/topics/items.ts';
import { batchAnswer, batchOutcome, checkRows } from '../batch.ts';
import type { BorderCheck, Problem } from '../input.ts';
import type { ItemChange, Ports } from '../ports.ts';
import { type ApiRoute, route } from '../route.ts';
import { id, skipInvalid, time } from './fields.ts';

const upsert = z.strictObject({
  itemId: id.describe('Key of the item: what was written before under it is replaced.'),
  title: z.string().max(10_000),
  text: z.string().max(200_000).default('').describe('What a language model may read of it.'),
  groups: z.array(id).max(1_000).default([]).describe('Categories, such as genres.'),
  attributes: z
    .record(z.string(), z.union([z.string(), z.number(), z.boolean()]))
    .default({})
    .describe('Such as price or brand; numbers and booleans are kept as text.'),
  at: time.describe('When it changed, ms since 1970. Default: now.'),
});

const deletion = z.strictObject({
  itemId: id,
  deleted: z.literal(true).describe('It is not recommended any more.'),
});

export const itemRow = z.union([deletion, upsert]);

type Row = z.infer<typeof itemRow>;

const body = z.strictObject({ items: z.array(itemRow).min(1), skipInvalid });
const loose = z.strictObject({ items: z.array(z.unknown()).min(1), skipInvalid });

export interface ItemsOptions {
  readonly ports: Pick<Ports, 'items'>;
  readonly border: BorderCheck<typeof items>;
  readonly now: () => number;
  /** Largest number of rows in a batch. */
  readonly batchRows: number;
}

export function itemsRoute({ ports, border, now, batchRows }: ItemsOptions): ApiRoute {
  return route<z.infer<typeof loose>>({
    method: 'POST',
    url: '/v1/items',
    scope: 'write',
    summary: 'Items of the catalogue',
    description: `Takes up to ${batchRows} items, whole, and deletions. The last change of an item holds, so a batch may be sent again. It answers once they are durable.`,
    body: loose,
    documented: body,
    answer: batchAnswer(['written', 'deleted'], 'What became of the row.'),
    async handle({ body: { items: rows, skipInvalid }, call }) {
      const at = now();
      const read = (given: Row): ItemChange | Problem => {
        if ('deleted' in given) return { itemId: given.itemId, item: null };
        const item = itemOf(given, at);
        return border(item) ?? { itemId: item.itemId, item };
      };
      const shape = (given: unknown) => (isDeletion(given) ? deletion : upsert) as z.ZodType<Row>;
      const limits = { most: batchRows, skipInvalid };
      const { taken, refused } = checkRows(rows, shape, read, limits);
      const changes = taken.map((one) => one.row);
      if (changes.length > 0) await ports.items(changes, call);
      const outcome = taken.map(({ index, row: { itemId, item } }) => ({
        ...{ index, id: itemId, status: item ? 'written' : 'deleted' },
      }));
      return batchOutcome(outcome, refused);
    },
  });
}

/** By which shape a row is judged, so that its errors are those of what it is meant to be. */
function isDeletion(given: unknown): boolean {
  return typeof given === 'object' && given !== null && 'deleted' in given;
}

function itemOf(
  { itemId, title, text, groups, attributes, at }: Exclude<Row, { deleted: true }>,
  now: number,
): Item {
  const texts = Object.entries(attributes).map(([name, value]) => [name, String(value)]);
  return { itemId, at: at ?? now, title, text, groups, attributes: Object.fromEntries(texts) };
}
