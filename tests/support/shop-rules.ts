// Rules of a shop for tests, complete but for what a test is about.
import { RuleBook } from '../../models/rules/book.ts';
import type { RulesInForce } from '../../models/rules/in-force.ts';
import type { Asked } from '../../models/rules/scope.ts';
import type { ShopRule } from '../../schemas/topics/rules.ts';

export function shopRule(
  ruleId: string,
  kind: ShopRule['kind'],
  rest: Partial<ShopRule> = {},
): ShopRule {
  return {
    ...{ ruleId, at: 1, kind, items: [], groups: [], conditions: [], positions: [] },
    ...{ most: 0, each: '', factor: 1, holdout: 0, priority: 0 },
    ...{ surfaces: [], users: [], context: [], leastFeedbacks: null, mostFeedbacks: null },
    ...{ since: null, until: null, owner: 'people', note: '' },
    ...rest,
  };
}

export const is = (attribute: string, ...values: string[]) => ({
  ...{ attribute, values, least: null, most: null },
});

export const asked: Asked = { userId: 'u', surface: 'home', at: 1_000, feedbacks: 3 };

export function rulesInForce(
  rules: readonly ShopRule[],
  of: Asked = asked,
): RulesInForce | undefined {
  const book = new RuleBook();
  for (const rule of rules) book.put(rule);
  return book.inForce(of);
}
