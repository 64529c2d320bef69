// The rules that hold for one request, in their order: exclude, quiet and filter take candidates away; pins
// and slots take positions; atMost counts what may stand in the slate; boosts change the odds of what is left.
import type { ShopRule } from '../../schemas/topics/rules.ts';
import type { Arrangement, Cap } from '../arrangement.ts';
import type { ItemFacts, ReadyRule } from './match.ts';
import type { Verdicts } from './verdicts.ts';

/** How many items of a slot are brought among the candidates, at most. */
export const broughtForSlot = 20;

/** Bounds of the product of all boosts of an item. */
const boostBounds = [1e-6, 1e6] as const;

/** What came of a rule for one request, before anything is drawn. */
export interface Standing {
  readonly rule: ShopRule;
  /** Candidates that it removed. */
  removed: number;
  /** Why it cannot do what it says; undefined where it can. */
  hindered: 'lost' | 'unmet' | undefined;
}

/** What the rules make of the candidates. */
export interface Arranged {
  /** Undefined where no rule pins, narrows or boosts. */
  readonly arrangement: Arrangement | undefined;
  /** Rule of each pin and slot of the arrangement, by position. */
  readonly pinRules: ReadonlyMap<number, ShopRule>;
  readonly slotRules: ReadonlyMap<number, ShopRule>;
  /** Rule of each cap of the arrangement, in its order. */
  readonly capRules: readonly ShopRule[];
  /** Candidates that each boost is about. */
  readonly boosted: ReadonlyMap<ShopRule, ReadonlySet<number>>;
}

export class RulesInForce {
  readonly heldOut: readonly ShopRule[];
  private readonly active: ReadonlyMap<ReadyRule, Standing>;
  private readonly filters: readonly ReadyRule[];
  /** Filters that name the user. */
  private readonly ownFilters: readonly ReadyRule[];
  private readonly verdicts: Verdicts;
  /** Whether each item that was asked for is removed. */
  private readonly judged = new Map<string, boolean>();

  /** @param found in their order of precedence @param verdicts of all rules on items */
  constructor(found: readonly ReadyRule[], heldOut: readonly ShopRule[], verdicts: Verdicts) {
    this.active = new Map(
      found.map((one) => [one, { rule: one.rule, removed: 0, hindered: undefined }]),
    );
    this.filters = found.filter(({ rule }) => rule.kind === 'filter');
    this.ownFilters = this.filters.filter(({ rule }) => rule.users.length > 0);
    this.heldOut = heldOut;
    this.verdicts = verdicts;
  }

  standings(): Iterable<Standing> {
    return this.active.values();
  }

  /** The rules of a kind that hold, in their order of precedence. */
  private of(kind: ShopRule['kind']): ReadyRule[] {
    return [...this.active.keys()].filter(({ rule }) => rule.kind === kind);
  }

  /** Whether rules take an item away. Each item counts once for each of the rules that do. */
  removes(item: ItemFacts): boolean {
    const known = this.judged.get(item.itemId);
    if (known !== undefined) return known;
    const by = this.about(item).filter(({ rule: { kind } }) => isRemoval(kind));
    const { unmet } = this.verdicts.of(item);
    for (const one of unmet ?? []) if (this.active.has(one)) by.push(one);
    for (const filter of unmet ? this.ownFilters : this.filters) {
      if (!filter.matcher.matches(item)) by.push(filter);
    }
    for (const one of by) this.active.get(one)!.removed += 1;
    this.judged.set(item.itemId, by.length > 0);
    return by.length > 0;
  }

  /** Number of the given items that were asked for, and removed. */
  removedOf(itemIds: Iterable<string>): number {
    let removed = 0;
    for (const itemId of itemIds) if (this.judged.get(itemId)) removed += 1;
    return removed;
  }

  /** Ids of items that are to be among the candidates, so that pins can be shown. */
  pinnedItems(): string[] {
    return this.of('pin').map(({ rule }) => rule.items[0]!);
  }

  /** The slots, some of whose items are to be among the candidates. */
  slots(): Pick<ReadyRule, 'rule' | 'matcher'>[] {
    return this.of('slot');
  }

  /**
   * What the rules make of the candidates of a slate, none of which they removed.
   * @param k number of items wanted
   */
  arrange(candidates: readonly ItemFacts[], k: number): Arranged {
    if (![...this.active.keys()].some(({ rule: { kind } }) => arranges(kind))) return nothing;
    const members = this.membersAmong(candidates);
    const membersOf = (ready: ReadyRule) => members.get(ready) ?? [];
    const pins = new Map<number, number>();
    const pinRules = new Map<number, ShopRule>();
    for (const ready of this.of('pin')) this.pin(ready, candidates, k, pins, pinRules);
    const pinned = new Set(pins.values());
    const slots = new Map<number, ReadonlySet<number>>();
    const slotRules = new Map<number, ShopRule>();
    for (const ready of this.of('slot')) {
      const wanted = ready.rule.positions.filter((position) => position < k);
      const open = wanted.filter((position) => !pins.has(position) && !slots.has(position));
      const own = new Set(membersOf(ready).filter((index) => !pinned.has(index)));
      if (wanted.length > 0 && open.length === 0) this.active.get(ready)!.hindered = 'lost';
      else if (wanted.length > 0 && own.size === 0) this.active.get(ready)!.hindered = 'unmet';
      if (own.size === 0) continue;
      for (const position of open) {
        slots.set(position, own);
        slotRules.set(position, ready.rule);
      }
    }
    const caps: Cap[] = [];
    const capRules: ShopRule[] = [];
    for (const ready of this.of('atMost')) {
      for (const members of counted(ready.rule, membersOf(ready), candidates)) {
        const { most } = ready.rule;
        if (members.length <= most) continue;
        const own = members.filter((index) => pinned.has(index)).length;
        if (own > most) this.active.get(ready)!.hindered = 'unmet';
        caps.push({ members, most, keeps: within(slots, members) });
        capRules.push(ready.rule);
      }
    }
    const boosted = new Map<ShopRule, ReadonlySet<number>>();
    let boosts: Float64Array | undefined;
    for (const ready of this.of('boost')) {
      const members = membersOf(ready).filter((index) => !pinned.has(index));
      if (members.length === 0) continue;
      boosted.set(ready.rule, new Set(members));
      boosts ??= new Float64Array(candidates.length);
      for (const index of members) boosts[index]! += Math.log(ready.rule.factor);
    }
    const [least, most] = boostBounds.map(Math.log) as [number, number];
    boosts = boosts?.map((one) => Math.min(most, Math.max(least, one)));
    const isFree = pins.size + slots.size + caps.length === 0 && !boosts;
    const arrangement = isFree ? undefined : { size: candidates.length, pins, slots, caps, boosts };
    return { arrangement, pinRules, slotRules, capRules, boosted };
  }

  private pin(
    ready: ReadyRule,
    candidates: readonly ItemFacts[],
    k: number,
    pins: Map<number, number>,
    pinRules: Map<number, ShopRule>,
  ): void {
    const [itemId, position] = [ready.rule.items[0]!, ready.rule.positions[0]!];
    if (position >= k) return;
    const standing = this.active.get(ready)!;
    const index = candidates.findIndex((one) => one.itemId === itemId);
    if (index < 0) standing.hindered = this.judged.get(itemId) ? 'lost' : 'unmet';
    else if (pins.has(position) || [...pins.values()].includes(index)) standing.hindered = 'lost';
    else if (!ready.matcher.matches(candidates[index]!)) standing.hindered = 'unmet';
    else {
      pins.set(position, index);
      pinRules.set(position, ready.rule);
    }
  }

  /** Indices of the candidates that each rule in force, filters aside, is about. */
  private membersAmong(candidates: readonly ItemFacts[]): Map<ReadyRule, number[]> {
    const members = new Map<ReadyRule, number[]>();
    for (const [index, item] of candidates.entries()) {
      for (const ready of this.about(item)) {
        const own = members.get(ready);
        if (own) own.push(index);
        else members.set(ready, [index]);
      }
    }
    return members;
  }

  /** The rules in force, filters aside, that are about an item. */
  private about(item: ItemFacts): ReadyRule[] {
    return this.verdicts.of(item).about.filter((one) => this.active.has(one));
  }
}

const nothing: Arranged = Object.freeze({
  arrangement: undefined,
  pinRules: new Map(),
  slotRules: new Map(),
  capRules: [],
  boosted: new Map(),
});

const arranges = (kind: ShopRule['kind']) => !isRemoval(kind) && kind !== 'filter';

const isRemoval = (kind: ShopRule['kind']) => kind === 'exclude' || kind === 'quiet';

/** Positions whose slots are for some of the members and for nothing else. */
function within(
  slots: ReadonlyMap<number, ReadonlySet<number>>,
  members: readonly number[],
): number[] {
  const inSet = new Set(members);
  return [...slots].flatMap(([position, own]) =>
    [...own].every((index) => inSet.has(index)) ? [position] : [],
  );
}

/** The sets of candidates that a rule counts: one, or one for each value of what it counts by. */
function counted(
  { each }: ShopRule,
  members: readonly number[],
  candidates: readonly ItemFacts[],
): Iterable<readonly number[]> {
  if (each === '') return [members];
  const sets = new Map<string, number[]>();
  for (const index of members) {
    const { groups, attributes } = candidates[index]!;
    const value = attributes[each];
    const values = each === 'group' ? groups : value === undefined ? [] : [value];
    for (const one of new Set(values)) {
      const set = sets.get(one);
      if (set) set.push(index);
      else sets.set(one, [index]);
    }
  }
  return sets.values();
}
