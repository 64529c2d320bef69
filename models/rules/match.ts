// Which items a rule is about, and an index that finds the rules about an item without asking all of them.
import type { RuleCondition, ShopRule } from '../../schemas/topics/rules.ts';

/** What rules may know of an item. */
export interface ItemFacts {
  readonly itemId: string;
  readonly groups: readonly string[];
  readonly attributes: Readonly<Record<string, string>>;
}

/** The part of a rule that says which items it is about. */
export type Matching = Pick<ShopRule, 'items' | 'groups' | 'conditions'>;

/** Whether a rule is about an item: each of its fields that names something must name the item. */
export class Matcher {
  private readonly items: ReadonlySet<string>;
  private readonly groups: ReadonlySet<string>;
  private readonly conditions: readonly ((facts: ItemFacts) => boolean)[];

  constructor({ items, groups, conditions }: Matching) {
    this.items = new Set(items);
    this.groups = new Set(groups);
    this.conditions = conditions.map(conditionOf);
  }

  matches(item: ItemFacts): boolean {
    if (this.items.size > 0 && !this.items.has(item.itemId)) return false;
    if (this.groups.size > 0 && !item.groups.some((group) => this.groups.has(group))) return false;
    return this.conditions.every((holds) => holds(item));
  }
}

/** An attribute that is absent meets no condition; a text that is no number is within no range. */
function conditionOf({ attribute, values, least, most }: RuleCondition) {
  const wanted = new Set(values);
  return ({ attributes }: ItemFacts): boolean => {
    const value = attributes[attribute];
    if (value === undefined || (wanted.size > 0 && !wanted.has(value))) return false;
    if (least === null && most === null) return true;
    const number = value.trim() === '' ? Number.NaN : Number(value);
    return number >= (least ?? -Infinity) && number <= (most ?? Infinity);
  };
}

/** Rules by what they name of an item: an item is held against those alone that could be about it. */
export class MatchIndex<R> {
  private readonly byItem = new Map<string, R[]>();
  private readonly byGroup = new Map<string, R[]>();
  private readonly byAttribute = new Map<string, Map<string, R[]>>();
  /** Rules that name no value to look up, such as a range of prices. */
  private readonly others: R[] = [];

  add({ items, groups, conditions }: Matching, rule: R): void {
    const listed = conditions.find(({ values }) => values.length > 0);
    if (items.length > 0) for (const item of new Set(items)) put(this.byItem, item, rule);
    else if (groups.length > 0) for (const group of new Set(groups)) put(this.byGroup, group, rule);
    else if (listed) {
      const byValue = this.byAttribute.get(listed.attribute) ?? new Map<string, R[]>();
      this.byAttribute.set(listed.attribute, byValue);
      for (const value of new Set(listed.values)) put(byValue, value, rule);
    } else this.others.push(rule);
  }

  /** Calls `found` for the rules that could be about the item, some of them more than once. */
  each({ itemId, groups, attributes }: ItemFacts, found: (rule: R) => void): void {
    this.byItem.get(itemId)?.forEach(found);
    if (this.byGroup.size > 0) for (const group of groups) this.byGroup.get(group)?.forEach(found);
    for (const [attribute, byValue] of this.byAttribute) {
      const value = attributes[attribute];
      if (value !== undefined) byValue.get(value)?.forEach(found);
    }
    this.others.forEach(found);
  }
}

function put<R>(lists: Map<string, R[]>, key: string, rule: R): void {
  const list = lists.get(key);
  if (list) list.push(rule);
  else lists.set(key, [rule]);
}

/** A rule made ready. */
export interface ReadyRule {
  readonly rule: ShopRule;
  readonly matcher: Matcher;
  /** Place in the order of precedence, from 0; what comes first wins. */
  readonly rank: number;
}
