// What `GET /v1/explain` answers: a slate as it was decided and the reasons kept for it, from ClickHouse.
import { rowsOf, sqlText, type Warehouse } from '../../infra/clickhouse/warehouse.ts';
import type { Explained, Ports } from '../../infra/http/api/ports.ts';
import {
  impressionUnknown,
  readItems,
  readReasons,
  rulesSql,
  type ShownSlate,
} from '../explain/read.ts';
import { rulesAt } from '../explain/rules.ts';
import { slateReasons } from '../explain/text.ts';

type Row = Omit<Explained, 'items'> & {
  readonly rules: ShownSlate['rules'];
  readonly itemIds: readonly string[];
  readonly positions: readonly number[];
  readonly scores: readonly number[];
  readonly propensities: readonly number[];
  readonly similarities: readonly (number | null)[];
  readonly intents: readonly (number | null)[];
};

/** Explains slates from a warehouse. */
export function explainer(warehouse: Warehouse): NonNullable<Ports['explain']> {
  const ask = async (query: string) => JSON.stringify(await rowsOf(warehouse, query));
  return async (impressionId) => {
    const [row] = await rowsOf<Row>(warehouse, queryOf(impressionId));
    if (!row) throw impressionUnknown(impressionId);
    const { itemIds, positions, scores, propensities, similarities, intents, rules, ...slate } =
      row;
    const kept = await readReasons(ask, impressionId);
    const named = [...itemIds, ...kept.flatMap(({ citedItems }) => citedItems)];
    const items = await readItems(ask, [...new Set(named)]);
    const { reasons } = slateReasons({ ...slate, rules, itemIds: [...itemIds] }, kept, items);
    return {
      ...slate,
      items: itemIds.map((itemId, i) => {
        const found = reasons.find((reason) => reason.itemId === itemId);
        return {
          itemId,
          title: items.get(itemId)?.title ?? '',
          position: positions[i]!,
          score: scores[i]!,
          propensity: propensities[i]!,
          similarity: similarities[i] ?? null,
          intent: intents[i] ?? null,
          rules: rulesAt({ rules }, i),
          reason: found ? reasonOf(found) : null,
        };
      }),
    };
  };
}

function reasonOf({
  text,
  citedItems,
  citedGroups,
  citedAttributes,
  model,
}: ReturnType<typeof slateReasons>['reasons'][number]) {
  return { text, citedItems, citedGroups, citedAttributes, model };
}

const queryOf = (impressionId: string) => `select
    impressionId, userId, toUnixTimestamp64Milli(at)::Float64 as at, policy, version::Float64 as version,
    variant, tier, candidateCount, missing, \`items.itemId\` as itemIds, \`items.position\` as positions,
    \`items.score\` as scores, \`items.propensity\` as propensities,
    \`items.similarity\` as similarities, \`items.intent\` as intents, ${rulesSql}
  from impressions final where impressionId = ${sqlText(impressionId)} limit 1`;
