// All rules of the shop, and those of them that hold for a request. Finding these costs by the rules that
// name no user and by the user's own: the rules of other users are not looked at.
import type { ShopRule } from '../../schemas/topics/rules.ts';
import { RulesInForce } from './in-force.ts';
import { Matcher, MatchIndex, type ReadyRule } from './match.ts';
import { type Asked, inScope, isHeldOut } from './scope.ts';
import { Verdicts } from './verdicts.ts';

interface Ready {
  readonly forAll: readonly ReadyRule[];
  readonly byUser: ReadonlyMap<string, readonly ReadyRule[]>;
  readonly verdicts: Verdicts;
}

export class RuleBook {
  private readonly byId = new Map<string, ShopRule>();
  private ready: Ready | undefined;

  get size(): number {
    return this.byId.size;
  }

  all(): ShopRule[] {
    return [...this.byId.values()];
  }

  get(ruleId: string): ShopRule | undefined {
    return this.byId.get(ruleId);
  }

  put(rule: ShopRule): void {
    this.byId.set(rule.ruleId, rule);
    this.ready = undefined;
  }

  delete(ruleId: string): void {
    this.byId.delete(ruleId);
    this.ready = undefined;
  }

  /** The rules in whose scope a request is; undefined for none. */
  inForce(asked: Asked): RulesInForce | undefined {
    if (this.byId.size === 0) return undefined;
    this.ready ??= readied(this.byId.values());
    const { forAll, byUser, verdicts } = this.ready;
    const found: ReadyRule[] = [];
    const heldOut: ShopRule[] = [];
    const look = (one: ReadyRule) => {
      if (!inScope(one.rule, asked)) return;
      if (isHeldOut(one.rule, asked.userId)) heldOut.push(one.rule);
      else found.push(one);
    };
    for (const one of forAll) look(one);
    const ofUser = byUser.get(asked.userId) ?? [];
    for (const one of ofUser) look(one);
    if (found.length + heldOut.length === 0) return undefined;
    if (ofUser.length > 0) found.sort((a, b) => a.rank - b.rank);
    return new RulesInForce(found, heldOut, verdicts);
  }
}

function readied(rules: Iterable<ShopRule>): Ready {
  const byUser = new Map<string, ReadyRule[]>();
  const forAll: ReadyRule[] = [];
  const index = new MatchIndex<ReadyRule>();
  for (const [rank, rule] of [...rules].sort(byPrecedence).entries()) {
    const ready = { rule, matcher: new Matcher(rule), rank };
    if (rule.kind !== 'filter') index.add(rule, ready);
    if (rule.users.length === 0) forAll.push(ready);
    for (const userId of new Set(rule.users)) {
      const own = byUser.get(userId);
      if (own) own.push(ready);
      else byUser.set(userId, [ready]);
    }
  }
  const filters = forAll.filter(({ rule }) => rule.kind === 'filter');
  return { forAll, byUser, verdicts: new Verdicts(index, filters) };
}

/** The greater priority first, then the lesser id. */
function byPrecedence(a: ShopRule, b: ShopRule): number {
  return b.priority - a.priority || (a.ruleId < b.ruleId ? -1 : 1);
}
