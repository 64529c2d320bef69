// A second, plainer reading of the rules of a shop, which enumerates all slates of a small catalogue.
import type { DecisionContext, Policy } from '../../models/policy.ts';
import type { ShopRule } from '../../schemas/topics/rules.ts';
import type { Variant } from '../../streams/serve/decide.ts';

/** Items wanted in a slate. */
export const K = 3;

/** What the catalogue says: groups and brand of each item. */
export const catalogue = [
  { itemId: 'i0', groups: ['drama', 'even'], attributes: { brand: 'a' } },
  { itemId: 'i1', groups: ['comedy', 'odd'], attributes: { brand: 'b' } },
  { itemId: 'i2', groups: ['war', 'even'], attributes: { brand: 'a', price: '7' } },
  { itemId: 'i3', groups: ['drama', 'odd'], attributes: { brand: 'b', price: '90' } },
  { itemId: 'i4', groups: ['comedy', 'even'], attributes: {} },
  { itemId: 'i6', groups: ['drama', 'even'], attributes: { brand: 'c' } },
];

/** What may stand at each position, read from the rules as they are written in docs/rules.md. */
export class Shop {
  readonly items: typeof catalogue;
  readonly #rules: readonly ShopRule[];

  constructor(rules: readonly ShopRule[]) {
    this.#rules = rules;
    const isAbout = this.isAbout;
    this.items = catalogue.filter((item) =>
      rules.every((rule) => {
        if (rule.kind === 'exclude' || rule.kind === 'quiet') return !isAbout(rule, item);
        return rule.kind !== 'filter' || isAbout(rule, item);
      }),
    );
  }

  isAbout({ items, groups, conditions }: ShopRule, item: (typeof catalogue)[number]): boolean {
    if (items.length > 0 && !items.includes(item.itemId)) return false;
    if (groups.length > 0 && !groups.some((group) => item.groups.includes(group))) return false;
    const attributes = item.attributes as Record<string, string>;
    return conditions.every(({ attribute, values, least }) => {
      const value = attributes[attribute];
      if (value === undefined) return false;
      return values.length > 0 ? values.includes(value) : Number(value) >= least!;
    });
  }

  of(kind: ShopRule['kind']): ShopRule[] {
    return this.#rules.filter((rule) => rule.kind === kind);
  }

  pinAt(position: number): number | undefined {
    const rule = this.of('pin').find(({ positions }) => positions[0] === position);
    const index = this.items.findIndex(({ itemId }) => itemId === rule?.items[0]);
    return index < 0 ? undefined : index;
  }

  get pinned(): number[] {
    return [0, 1, 2].flatMap((position) => this.pinAt(position) ?? []);
  }

  /** Odds that the boosts give an item. */
  factorOf(index: number): number {
    return this.of('boost')
      .filter((rule) => this.isAbout(rule, this.items[index]!))
      .reduce((product, { factor }) => product * factor, 1);
  }

  allowedAt(position: number, above: readonly number[]): number[] {
    const taken = [...new Set([...above, ...this.pinned])];
    const free = [...this.items.keys()].filter((index) => !taken.includes(index));
    const slotAt = (at: number) =>
      this.pinAt(at) === undefined &&
      this.of('slot').find(({ positions }) => positions.includes(at));
    const open = free.filter((index) =>
      this.of('atMost').every((rule) => {
        const countedAs = (i: number) => {
          if (!this.isAbout(rule, this.items[i]!)) return undefined;
          return rule.each ? (this.items[i]!.attributes as never)[rule.each] : 'one';
        };
        const value = countedAs(index);
        if (value === undefined) return true;
        const all = [...this.items.keys()].filter((i) => countedAs(i) === value);
        if (all.length <= rule.most) return true; // it can take nothing away
        const have = taken.filter((i) => countedAs(i) === value).length;
        // Room is kept for the slots further down that are for nothing else, but by no such slot.
        const slotsOfIt = [0, 1, 2].filter((at) => {
          const own = at >= position && slotAt(at);
          const members = [...this.items.keys()].filter(
            (i) => own && this.isAbout(own, this.items[i]!) && !this.pinned.includes(i),
          );
          return members.length > 0 && members.every((i) => countedAs(i) === value);
        });
        const kept = slotsOfIt.includes(position) ? 0 : slotsOfIt.length;
        return have + kept < rule.most;
      }),
    );
    const slot = slotAt(position);
    // The last items of a slot further down are kept for it.
    const reserved = this.of('slot').flatMap((rule) => {
      const below = rule.positions.filter((at) => at > position && slotAt(at) === rule).length;
      const own = free.filter((index) => this.isAbout(rule, this.items[index]!));
      return rule !== slot && own.length <= below ? own : [];
    });
    const rest = open.filter((index) => !reserved.includes(index));
    const matching = slot ? rest.filter((index) => this.isAbout(slot, this.items[index]!)) : [];
    return matching.length > 0 ? matching : rest;
  }

  /** Every slate with its probability under weights of the items. */
  slates(weights: readonly number[], position = 0, above: readonly number[] = [], p = 1): Slates {
    if (position === K) return new Map([[above.join(), p]]);
    const pin = this.pinAt(position);
    if (pin !== undefined) return this.slates(weights, position + 1, [...above, pin], p);
    const allowed = this.allowedAt(position, above);
    if (allowed.length === 0) return this.slates(weights, position + 1, above, p);
    const mass = allowed.reduce((sum, index) => sum + weights[index]!, 0);
    const all: Slates = new Map();
    for (const index of allowed) {
      const own = (p * weights[index]!) / mass;
      for (const [slate, q] of this.slates(weights, position + 1, [...above, index], own)) {
        all.set(slate, (all.get(slate) ?? 0) + q);
      }
    }
    return all;
  }
}

export type Slates = Map<string, number>;

/** Every slate with its probability under a policy with an exploration. */
export function exact(
  shop: Shop,
  policy: Policy,
  context: DecisionContext,
  variant: Variant,
): Slates {
  const { temperature = 1, floor = 0 } = variant.exploration;
  const components = policy.mixture?.(context) ?? [policy.scores(context)];
  const all: Slates = new Map();
  for (const scores of components) {
    const free = [...shop.items.keys()].filter((index) => !shop.pinned.includes(index));
    const odds = free.map((i) => Math.exp(scores[i]! / temperature) * shop.factorOf(i));
    const total = odds.reduce((sum, one) => sum + one, 0);
    const weights = shop.items.map(() => 0);
    for (const [i, index] of free.entries()) {
      weights[index] = ((1 - floor) * odds[i]!) / total + floor / free.length;
    }
    for (const [slate, p] of shop.slates(weights)) {
      all.set(slate, (all.get(slate) ?? 0) + p / components.length);
    }
  }
  return all;
}

/** Probability of each item of a slate given those above it, from the probabilities of all slates. */
export function conditionals(slates: Slates, slate: readonly number[]): number[] {
  const withPrefix = (n: number) => {
    const prefix = slate.slice(0, n).join();
    return [...slates]
      .filter(([one]) => prefix === '' || one === prefix || one.startsWith(`${prefix},`))
      .reduce((sum, [, p]) => sum + p, 0);
  };
  return slate.map((_, j) => withPrefix(j + 1) / withPrefix(j));
}
