// A user who is forgotten is named by no rule of the shop any more.
import type { ShopRule } from '../../schemas/topics/rules.ts';
import { type RuleChange, type RuleStreams, readRules, writeRules } from './topic.ts';

/** Removes a user from the rules that name them; a rule for nobody else is removed. */
export async function forgetInRules(streams: RuleStreams, userId: string): Promise<void> {
  await writeRules(streams, withoutUser((await readRules(streams)).values(), userId));
}

/** The changes that leave no rule with the user. */
export function withoutUser(rules: Iterable<ShopRule>, userId: string): RuleChange[] {
  return [...rules]
    .filter(({ users }) => users.includes(userId))
    .map((rule) => {
      const users = rule.users.filter((one) => one !== userId);
      return { ruleId: rule.ruleId, rule: users.length > 0 ? { ...rule, users } : null };
    });
}
