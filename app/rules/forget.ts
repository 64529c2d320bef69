// A user who is forgotten is named by no rule of the shop any more.
import { type RuleChange, type RuleStreams, readRules, writeRules } from './topic.ts';

/** Removes a user from the rules that name them; a rule for nobody else is removed. */
export async function forgetInRules(streams: RuleStreams, userId: string): Promise<void> {
  const named = [...(await readRules(streams)).values()].filter(({ users }) =>
    users.includes(userId),
  );
  await writeRules(
    streams,
    named.map((rule): RuleChange => {
      const users = rule.users.filter((one) => one !== userId);
      return { ruleId: rule.ruleId, rule: users.length > 0 ? { ...rule, users } : null };
    }),
  );
}
