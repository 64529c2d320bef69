// The propensities under rules, against every slate there is: a small catalogue is enumerated by a second,
// plainer reading of the rules, for every policy that can be served.
import { describe, expect, it } from '@jest/globals';
import { toProbabilities } from '../../../models/exploration.ts';
import { policies } from '../../../models/policies.ts';
import type { DecisionContext, Policy } from '../../../models/policy.ts';
import { newUser } from '../../../models/user/track.ts';
import type { Impression } from '../../../schemas/topics/impressions.ts';
import type { ShopRule } from '../../../schemas/topics/rules.ts';
import { decide, type Variant } from '../../../streams/serve/decide.ts';
import {
  catalogue,
  conditionals,
  exact,
  K,
  Shop,
  type Slates,
} from '../../support/enumerated-shop.ts';
import { madeExamples } from '../../support/examples.ts';
import { asked, is, rulesInForce, shopRule } from '../../support/shop-rules.ts';

const examples = madeExamples(60);

const exclude = shopRule('exclude', 'exclude', { items: ['i1'] });
const filter = shopRule('filter', 'filter', { conditions: [is('brand', 'a', 'b')] });
const cheap = shopRule('cheap', 'exclude', {
  conditions: [{ ...is('price'), least: 50 }],
});
const quiet = shopRule('quiet', 'quiet', { groups: ['war'], users: ['u'], until: 2_000 });
const pin = shopRule('pin', 'pin', { items: ['i2'], positions: [1] });
const pinTop = shopRule('pin-top', 'pin', { items: ['i4'], positions: [0] });
const slot = shopRule('slot', 'slot', { groups: ['comedy'], positions: [2] });
const slots = shopRule('slots', 'slot', { groups: ['odd'], positions: [0, 1] });
const atMost = shopRule('at-most', 'atMost', { groups: ['drama'], most: 1 });
const none = shopRule('none', 'atMost', { groups: ['even'], most: 0 });
const each = shopRule('each', 'atMost', { each: 'brand', most: 1 });
const boost = shopRule('boost', 'boost', { groups: ['even'], factor: 5 });
const damp = shopRule('damp', 'boost', { items: ['i0', 'i3'], factor: 0.1 });
const oneComedy = shopRule('one-comedy', 'atMost', { groups: ['comedy'], most: 1 });

const mixtures: Record<string, readonly ShopRule[]> = {
  exclude: [exclude],
  filter: [filter],
  'a range of prices': [cheap],
  quiet: [quiet],
  pin: [pin],
  slot: [slot],
  'two slots of two items': [slots],
  'at most one of a group': [atMost],
  'at most none, and a slate that is short': [none, shopRule('odd', 'exclude', { items: ['i1'] })],
  'at most one of each brand': [each],
  boost: [boost],
  'boosts of one item': [boost, damp],
  'pins that leave one place': [pin, pinTop],
  'a pin and at most one of its group': [
    shopRule('pin-drama', 'pin', { items: ['i6'], positions: [2] }),
    atMost,
  ],
  'a slot for what there may be one of': [slot, oneComedy],
  'two slots for what there may be one of': [
    slots,
    shopRule('one-odd', 'atMost', { groups: ['odd'], most: 1 }),
  ],
  'a slot below a short slate': [none, shopRule('late', 'slot', { items: ['i3'], positions: [2] })],
  'all kinds at once': [exclude, filter, quiet, pinTop, slots, each, boost],
};

const served = [...policies.values()].map((entry) => {
  const source = entry.source?.create();
  for (const example of source ? examples : []) source!.learn(example);
  return [entry.name, entry.serve(source)] as const;
});

const state = { ...newUser('u'), feedbacks: 3 };
const variants: readonly Variant[] = [
  { name: 'own', policy: 'own', share: 1, exploration: { temperature: 0.7, floor: 0.1 } },
  { name: 'even', policy: 'uniform', share: 0, exploration: { floor: 1 } },
  { name: 'bare', policy: 'own', share: 0, exploration: { temperature: 1.3 } },
];
const uniform = policies.get('uniform')!.serve();

function contextOf(shop: Shop): DecisionContext {
  const candidates = shop.items.map(({ itemId, groups }, i) => ({
    ...{ itemId, groups, similarity: i % 2 === 0 ? 0.3 : null },
  }));
  return { at: 1_000, k: K, state, candidates };
}

function drawn(
  rules: readonly ShopRule[],
  policy: Policy,
  context: DecisionContext,
  requestId: string,
): Impression {
  const inForce = rulesInForce(rules)!;
  const facts = catalogue.filter((item) => !inForce.removes(item));
  const request = { requestId, userId: 'u', at: 1_000, k: K, surface: asked.surface };
  return decide(
    {
      ...{ salt: 's', variants, missing: [] },
      policyOf: (name) => (name === 'uniform' ? uniform : policy),
      ruled: { inForce, arranged: inForce.arrange(facts, K) },
    },
    { ...request, candidates: null, said: null, context: null },
    state,
    context.candidates,
  );
}

describe.each(Object.entries(mixtures))('under %s', (_, rules) => {
  const shop = new Shop(rules);
  const context = contextOf(shop);

  it.each(served)('the slates of %s have the propensities that enumeration gives', (_, policy) => {
    const columns = variants.map((variant) =>
      exact(shop, variant.policy === 'uniform' ? uniform : policy, context, variant),
    );
    for (const slates of columns) {
      expect([...slates.values()].reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 10);
    }
    const [own] = columns as [Slates];
    for (let i = 0; i < 12; i++) {
      const { items, slateLogProb } = drawn(rules, policy, context, `r${i}`);
      const slate = items.map(({ itemId }) =>
        shop.items.findIndex((item) => item.itemId === itemId),
      );
      expect(own.has(slate.join())).toBe(true);
      expect(Math.exp(slateLogProb)).toBeCloseTo(own.get(slate.join())!, 10);
      for (const [v, slates] of columns.entries()) {
        const wanted = conditionals(slates, slate);
        const logged = items.map(({ targetPropensities }) => targetPropensities[v]!);
        for (const [j, p] of logged.entries()) expect(p).toBeCloseTo(wanted[j]!, 9);
      }
      for (const { propensity, targetPropensities, position, barred } of items) {
        expect(propensity).toBe(targetPropensities[0]);
        const isPin = shop.pinned.includes(slate[position]!);
        expect(barred === 1).toBe(isPin);
        if (isPin) expect(propensity).toBe(1);
      }
    }
  });

  it('slates are drawn as often as their propensities say', () => {
    const [, policy] = served.find(([name]) => name === 'thompson') ?? served[3]!;
    const slates = exact(shop, policy, context, variants[0]!);
    const counts = new Map<string, number>();
    const draws = 3_000;
    for (let i = 0; i < draws; i++) {
      const slate = drawn(rules, policy, context, `d${i}`)
        .items.map(({ itemId }) => shop.items.findIndex((item) => item.itemId === itemId))
        .join();
      counts.set(slate, (counts.get(slate) ?? 0) + 1);
    }
    expect([...counts.keys()].filter((slate) => !slates.has(slate))).toEqual([]);
    for (const [slate, p] of slates) {
      const found = (counts.get(slate) ?? 0) / draws;
      expect(Math.abs(found - p)).toBeLessThan(4.5 * Math.sqrt((p * (1 - p)) / draws) + 1e-9);
    }
  });
});

describe('what a rule takes away of the choice', () => {
  it('is the share of the probability that was left, and the propensity times the rest is the policy’s own', () => {
    const rules = [atMost, slot];
    const shop = new Shop(rules);
    const context = contextOf(shop);
    const [, policy] = served.find(([name]) => name === 'millrace')!;
    const scores = policy.scores(context);
    const p = toProbabilities(scores, variants[0]!.exploration);
    for (let i = 0; i < 20; i++) {
      const { items } = drawn(rules, policy, context, `b${i}`);
      const above = new Set<number>();
      for (const { itemId, propensity, barred } of items) {
        const index = shop.items.findIndex((item) => item.itemId === itemId);
        const left = [...p.keys()].filter((one) => !above.has(one));
        const mass = left.reduce((sum, one) => sum + p[one]!, 0);
        expect(propensity * (1 - barred)).toBeCloseTo(p[index]! / mass, 10);
        above.add(index);
      }
    }
  });
});
