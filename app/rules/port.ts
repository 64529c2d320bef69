// The rules of the shop for the HTTP interface: over their topic, and beside the catalogue in ClickHouse.
import { rowsOf, sqlText, type Warehouse } from '../../infra/clickhouse/warehouse.ts';
import type { RulesPort } from '../../infra/http/api/rules-port.ts';
import type { ShopRule } from '../../schemas/topics/rules.ts';
import { checkChanges, type RuleChange, type RuleStreams, readRules, writeRules } from './topic.ts';

/** @param warehouse where the catalogue is looked up; undefined where no ClickHouse is open */
export function rulesPort(streams: RuleStreams, warehouse?: Warehouse): RulesPort {
  const change = async (one: RuleChange) => {
    checkChanges(await readRules(streams), [one]);
    await writeRules(streams, [one]);
  };
  return {
    all: async () => [...(await readRules(streams)).values()],
    async put(rule) {
      await change({ ruleId: rule.ruleId, rule });
      return warehouse ? unknownIn(rule, (query) => rowsOf(warehouse, query)) : [];
    },
    remove: (ruleId) => change({ ruleId, rule: null }),
  };
}

/** Asks ClickHouse. */
export type AskRows = (query: string) => Promise<readonly { readonly name: string }[]>;

/** What a rule names and the catalogue does not know, in words; nothing while the catalogue is empty. */
export async function unknownIn({ items, groups }: ShopRule, ask: AskRows): Promise<string[]> {
  const names = [
    ...items.map((name) => ({ kind: 'item', name })),
    ...groups.map((name) => ({ kind: 'group', name })),
  ];
  const known = new Set<string>();
  for (const kind of new Set(names.map((one) => one.kind))) {
    const own = names.filter((one) => one.kind === kind).map(({ name }) => sqlText(name));
    const from =
      kind === 'item'
        ? 'select itemId as name from items final'
        : 'select distinct arrayJoin(groups) as name from items final';
    const rows = await ask(`select name from (${from}) where name in (${own.join(', ')})`);
    for (const { name } of rows) known.add(`${kind} ${name}`);
  }
  return names
    .map(({ kind, name }) => `${kind} ${name}`)
    .filter((one) => !known.has(one))
    .map((one) => `the catalogue has no ${one}: the rule does nothing there`);
}
