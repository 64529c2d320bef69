// Which requests a rule is for.
import type { ShopRule } from '../../schemas/topics/rules.ts';
import { hash32 } from '../random.ts';

/** What a rule may know of a request and its user. */
export interface Asked {
  readonly userId: string;
  readonly surface: string;
  /** What the request says of the moment. @default nothing */
  readonly context?: Readonly<Record<string, string>> | null | undefined;
  /** Time of the request, ms since the epoch. */
  readonly at: number;
  /** Answers of the user so far. */
  readonly feedbacks: number;
}

/**
 * Whether a request is in the scope of a rule: each of its fields that names something must name
 * the request. Who has the user's rules at hand need not ask for the user again.
 */
export function inScope(rule: ShopRule, asked: Asked): boolean {
  const { since, until, surfaces, context, leastFeedbacks, mostFeedbacks } = rule;
  if (since !== null && asked.at < since) return false;
  if (until !== null && asked.at >= until) return false;
  if (leastFeedbacks !== null && asked.feedbacks < leastFeedbacks) return false;
  if (mostFeedbacks !== null && asked.feedbacks > mostFeedbacks) return false;
  if (surfaces.length > 0 && !surfaces.includes(asked.surface)) return false;
  return context.every(({ name, values }) => {
    const value = asked.context?.[name];
    return value !== undefined && (values.length === 0 || values.includes(value));
  });
}

/** Whether a user is in the hold-out of a rule: always or never, whoever asks and when. */
export function isHeldOut({ ruleId, holdout }: ShopRule, userId: string): boolean {
  return holdout > 0 && hash32(userId, hash32(`rule ${ruleId}`)) / 0x1_0000_0000 < holdout;
}
