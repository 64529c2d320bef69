// Reads an impression from ClickHouse: its slate, the reasons it was given, and what the user had
// liked by then.
import { z } from 'zod';
import { sqlText } from '../../infra/clickhouse/warehouse.ts';
import { MillraceError } from '../../schemas/errors.ts';
import type { Item } from '../../schemas/topics/items.ts';
import { ruleKinds } from '../../schemas/topics/rules.ts';

/** Answers a query with a JSON array of rows. */
export type AskJson = (query: string) => Promise<string>;

const impression = z.object({
  impressionId: z.string(),
  userId: z.string(),
  at: z.coerce.number(),
  policy: z.string(),
  tier: z.string(),
  itemIds: z.array(z.string()),
  rules: z.array(z.tuple([z.string(), z.enum(ruleKinds), z.array(z.coerce.number())])),
});

/** SQL of the rules that acted at positions of a slate: id, kind, and positions from 0, top first. */
export const rulesSql = `arrayFilter(one -> notEmpty(one.3),
      arrayZip(\`rules.ruleId\`, \`rules.kind\`::Array(String), \`rules.positions\`)) as rules`;

const explanation = z.object({
  hash: z.string(),
  itemId: z.string(),
  model: z.string(),
  text: z.string(),
  citedItems: z.array(z.string()),
  citedGroups: z.array(z.string()),
  citedAttributes: z.array(z.string()),
  score: z.number().nullable(),
  removed: z.coerce.number(),
});

const item = z.object({
  itemId: z.string(),
  title: z.string(),
  text: z.string(),
  groups: z.array(z.string()),
  attributes: z.record(z.string(), z.string()),
});

export type ShownSlate = z.infer<typeof impression>;
export type KeptReason = z.infer<typeof explanation>;

/** Number of likes that a user state remembers. */
const mostLiked = 20;

const listed = (texts: readonly string[]) => texts.map(sqlText).join(', ');

/** The slate of an impression. @throws MillraceError `impression-unknown` */
export async function readSlate(ask: AskJson, impressionId: string): Promise<ShownSlate> {
  const rows = z.array(impression).parse(
    JSON.parse(
      await ask(`select impressionId, userId, toUnixTimestamp64Milli(at) as at, policy, tier,
      \`items.itemId\` as itemIds, ${rulesSql}
    from impressions final where impressionId = ${sqlText(impressionId)} limit 1`),
    ),
  );
  if (rows[0]) return rows[0];
  throw impressionUnknown(impressionId);
}

export function impressionUnknown(impressionId: string): MillraceError {
  return new MillraceError({
    code: 'impression-unknown',
    what: `There is no impression ${impressionId}.`,
    why: 'ClickHouse has no slate of that id; one that was served a moment ago may not have landed yet.',
    todo: 'Take an id from: millrace sql "select impressionId, userId, tier from _served order by at desc limit 10"',
  });
}

/** The latest reason of each item of an impression. */
export async function readReasons(ask: AskJson, impressionId: string): Promise<KeptReason[]> {
  return z.array(explanation).parse(
    JSON.parse(
      await ask(`select hash, itemId, model, text, citedItems, citedGroups, citedAttributes, score, removed
    from explanations final where impressionId = ${sqlText(impressionId)}
    order by at desc, _offset desc limit 1 by itemId`),
    ),
  );
}

/**
 * Items that the user had liked before a moment, oldest first; a simulator's answers do not count.
 */
export async function readLiked(ask: AskJson, { userId, at }: ShownSlate): Promise<Item[]> {
  const rows = z.array(z.object({ itemId: z.string() })).parse(
    JSON.parse(
      await ask(`select itemId from (
      select itemId, max(at) as last from rewards final
      where userId = ${sqlText(userId)} and positive and source = 'logged'
        and at < fromUnixTimestamp64Milli(toInt64(${at}))
      group by itemId order by last desc, itemId limit ${mostLiked}
    ) order by last, itemId`),
    ),
  );
  const ids = rows.map(({ itemId }) => itemId);
  const byId = await readItems(ask, ids);
  return ids.flatMap((id) => byId.get(id) ?? []);
}

export async function readItems(
  ask: AskJson,
  ids: readonly string[],
): Promise<ReadonlyMap<string, Item>> {
  if (ids.length === 0) return new Map();
  const rows = z.array(item).parse(
    JSON.parse(
      await ask(`select itemId, title, text, groups, attributes from items final
    where itemId in (${listed(ids)}) order by _offset desc limit 1 by itemId`),
    ),
  );
  return new Map(rows.map((row) => [row.itemId, { ...row, at: 0 }]));
}

/** Every group of the catalogue. */
export async function readGroups(ask: AskJson): Promise<string[]> {
  const rows = z
    .array(z.object({ name: z.string() }))
    .parse(
      JSON.parse(await ask('select distinct arrayJoin(groups) as name from items order by name')),
    );
  return rows.map(({ name }) => name);
}
