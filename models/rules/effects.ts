// What the rules did to a slate, as it is logged with the impression: one effect for each rule in whose
// scope the request was.
import type { RuleEffect } from '../../schemas/topics/impressions.ts';
import type { ShopRule } from '../../schemas/topics/rules.ts';
import type { FilledPlace } from '../arrangement.ts';
import type { Arranged, RulesInForce } from './in-force.ts';

/** Largest number of effects that an impression carries. Rules with a hold-out come first, idle ones last. */
export const mostEffects = 100;

/** A slate that was drawn under rules. */
export interface RuledSlate {
  readonly arranged: Arranged;
  /** Indices of the candidates shown, top first. */
  readonly chosen: readonly number[];
  /** Places of the slate; empty where nothing was arranged. */
  readonly places: readonly FilledPlace[];
  /** The slate by the same draw from the same candidates, with nothing arranged. */
  readonly plain: readonly number[];
}

export function effectsOf(inForce: RulesInForce, slate: RuledSlate): RuleEffect[] {
  const acted = actedAt(slate);
  const effects: (RuleEffect & { rule: ShopRule })[] = inForce.heldOut.map((rule) => ({
    ...effectOf(rule, 'heldOut'),
    rule,
  }));
  for (const { rule, removed, hindered } of inForce.standings()) {
    const { positions, missed } = acted.get(rule) ?? { positions: [], missed: false };
    const did = removed > 0 || positions.length > 0 || slate.arranged.boosted.has(rule);
    const outcome = hindered ?? (missed ? 'unmet' : did ? 'acted' : 'idle');
    const moved = positions.filter((at) => slate.plain[at] !== slate.chosen[at]).length;
    effects.push({ ...effectOf(rule, outcome), removed, positions, moved, rule });
  }
  const order = ({ outcome, rule }: (typeof effects)[number]) =>
    rule.holdout > 0 ? 0 : outcome === 'idle' ? 2 : 1;
  return effects
    .sort((a, b) => order(a) - order(b) || (a.ruleId < b.ruleId ? -1 : 1))
    .slice(0, mostEffects)
    .map(({ rule: _, ...effect }) => effect);
}

function effectOf({ ruleId, kind }: ShopRule, outcome: RuleEffect['outcome']): RuleEffect {
  return { ruleId, kind, outcome, removed: 0, positions: [], moved: 0 };
}

interface Acted {
  /** Positions of the slate as it is shown. */
  readonly positions: number[];
  /** Whether a slot had no item left for it. */
  missed: boolean;
}

function actedAt({ arranged, chosen, places }: RuledSlate): Map<ShopRule, Acted> {
  const acted = new Map<ShopRule, Acted>();
  const of = (rule: ShopRule): Acted => {
    const one = acted.get(rule) ?? { positions: [], missed: false };
    acted.set(rule, one);
    return one;
  };
  for (const [position, { planned, isPinned, isSlot, closed }] of places.entries()) {
    const pin = isPinned && arranged.pinRules.get(planned);
    if (pin) of(pin).positions.push(position);
    const slot = !isPinned && arranged.slotRules.get(planned);
    if (slot && isSlot) of(slot).positions.push(position);
    else if (slot) of(slot).missed = true;
    for (const rule of new Set(closed.map((cap) => arranged.capRules[cap]!))) {
      of(rule).positions.push(position);
    }
    for (const [rule, members] of arranged.boosted) {
      if (!isPinned && members.has(chosen[position]!)) of(rule).positions.push(position);
    }
  }
  return acted;
}
