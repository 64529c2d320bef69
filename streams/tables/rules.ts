// The rules of the shop, as they hold now: what was put holds from the next request on.
import { RuleBook } from '../../models/rules/book.ts';
import { rules } from '../../schemas/topics/rules.ts';
import { defineTable } from '../engine/table.ts';

export const rulesTable = defineTable(rules, {
  name: 'rules',
  create: () => new RuleBook(),
  apply(table, ruleId, rule) {
    if (rule) table.put(rule);
    else table.delete(ruleId);
  },
});
