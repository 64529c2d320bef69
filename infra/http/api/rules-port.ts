// What the HTTP interface asks of whoever keeps the rules of the shop.
import type { ShopRule } from '../../../schemas/topics/rules.ts';
import type { Call } from './ports.ts';

export interface RulesPort {
  /** All rules, by id. */
  all(call: Call): Promise<readonly ShopRule[]>;
  /**
   * Puts a rule; resolves once it is durable.
   * @returns what the catalogue does not know of it, in words
   * @throws MillraceError `rule-of-file`, `rules-too-many`
   */
  put(rule: ShopRule, call: Call): Promise<readonly string[]>;
  /** Removes a rule. @throws MillraceError `rule-of-file`, `rule-unknown` */
  remove(ruleId: string, call: Call): Promise<void>;
}
