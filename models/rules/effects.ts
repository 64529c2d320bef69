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
  const first = inForce.heldOut.map((rule) => effectOf(rule, 'heldOut'));
  const then: RuleEffect[] = [];
  const idle: RuleEffect[] = [];
  for (const { rule, removed, hindered } of inForce.standings()) {
    const { positions, missed } = acted.get(rule) ?? unmoved;
    const did = removed > 0 || positions.length > 0 || slate.arranged.boosted.has(rule);
    const outcome = hindered ?? (missed ? 'unmet' : did ? 'acted' : 'idle');
    const list = rule.holdout > 0 ? first : outcome === 'idle' ? idle : then;
    if (list.length >= mostEffects) continue;
    const moved = positions.filter((at) => slate.plain[at] !== slate.chosen[at]).length;
    list.push({ ...effectOf(rule, outcome), removed, positions: [...positions], moved });
  }
  return [...first, ...then, ...idle].slice(0, mostEffects);
}

const unmoved: Readonly<Acted> = Object.freeze({ positions: [], missed: false });

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
