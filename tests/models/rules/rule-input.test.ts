// Rules as people write them: what is taken, what is refused and why, and the way back.
import { describe, expect, it } from '@jest/globals';
import { RuleBook } from '../../../models/rules/book.ts';
import type { MillraceError } from '../../../schemas/errors.ts';
import { inputOf, ruleOf } from '../../../schemas/rule-input.ts';
import { asked, rulesInForce, shopRule } from '../../support/shop-rules.ts';

const put = { at: 5, owner: 'people' } as const;

function whyOf(input: unknown): string {
  try {
    ruleOf(input, put);
  } catch (error) {
    expect(error).toMatchObject({ code: 'rule-invalid' });
    return (error as MillraceError).why!;
  }
  throw new Error('it was taken');
}

describe('a rule as people write it', () => {
  it('is the record of the topic, and comes back as it was written', () => {
    const written = {
      id: 'spring',
      kind: 'boost' as const,
      groups: ['spring'],
      where: { price: { most: 50 }, brand: ['acme', 'other'], stock: ['12'] },
      factor: 3,
      for: {
        surfaces: ['home'],
        feedbacks: { least: 5 },
        context: { segment: ['vip'] },
        until: '2027-03-01T00:00:00.000Z',
      },
      holdout: 0.1,
      note: 'spring campaign',
    };
    const rule = ruleOf(written, put);
    expect(rule).toMatchObject({
      ...{ ruleId: 'spring', factor: 3, leastFeedbacks: 5, mostFeedbacks: null, ...put },
      until: Date.UTC(2027, 2, 1),
      conditions: [
        { attribute: 'price', values: [], least: null, most: 50 },
        { attribute: 'brand', values: ['acme', 'other'], least: null, most: null },
        { attribute: 'stock', values: ['12'], least: null, most: null },
      ],
    });
    expect(inputOf(rule)).toEqual(written);
    expect(ruleOf(inputOf(rule), put)).toEqual(rule);
  });

  it.each([
    [{ kind: 'pin', items: ['a'], position: 0 }, /^id: a text is wanted/],
    [{ id: 'x', kind: 'hide', items: ['a'] }, /^kind: one of exclude, filter/],
    [{ id: 'x', kind: 'exclude' }, /items: it names no items/],
    [{ id: 'x', kind: 'pin', items: ['a'] }, /position: a rule of kind pin needs it/],
    [{ id: 'x', kind: 'pin', items: ['a', 'b'], position: 0 }, /one item and one position/],
    [{ id: 'x', kind: 'pin', items: ['a'], position: -1 }, /position: positions count from 0/],
    [{ id: 'x', kind: 'exclude', items: ['a'], factor: 2 }, /factor: .* it belongs to boost/],
    [{ id: 'x', kind: 'boost', items: ['a'], factor: 0 }, /factor: above 0/],
    [{ id: 'x', kind: 'quiet', items: ['a'], for: { users: ['u'] } }, /users and until when/],
    [{ id: 'x', kind: 'atMost', most: 1 }, /items: it names no items/],
    [{ id: 'x', kind: 'exclude', where: { price: {} } }, /where\.price/],
    [{ id: 'x', kind: 'exclude', items: ['a'], for: { until: 'soon' } }, /for\.until: a time/],
    [{ id: 'x', kind: 'exclude', items: ['a'], for: { since: 9, until: 9 } }, /ends before/],
    [{ id: 'x', kind: 'exclude', items: ['a'], colour: 'red' }, /colour/],
    ['nonsense', /rule: /],
    [null, /rule: /],
  ])('is refused with its fields: %j', (input, why) => {
    expect(whyOf(input)).toMatch(why);
  });
});

describe('the scope of a rule', () => {
  const scoped = (rest: Parameters<typeof shopRule>[2]) =>
    rulesInForce([shopRule('r', 'exclude', { items: ['a'], ...rest })]) !== undefined;

  it('is every field that it names', () => {
    expect(scoped({})).toBe(true);
    expect(scoped({ surfaces: ['home', 'mail'] })).toBe(true);
    expect(scoped({ surfaces: ['mail'] })).toBe(false);
    expect(scoped({ users: ['u'] })).toBe(true);
    expect(scoped({ users: ['v'] })).toBe(false);
    expect(scoped({ since: asked.at })).toBe(true);
    expect(scoped({ since: asked.at + 1 })).toBe(false);
    expect(scoped({ until: asked.at + 1 })).toBe(true);
    expect(scoped({ until: asked.at })).toBe(false);
    expect(scoped({ mostFeedbacks: 2 })).toBe(false);
    expect(scoped({ leastFeedbacks: 3, mostFeedbacks: 3 })).toBe(true);
    expect(scoped({ context: [{ name: 'segment', values: ['vip'] }] })).toBe(false);
  });

  it('takes what the request says of the moment', () => {
    const rule = shopRule('r', 'exclude', {
      items: ['a'],
      context: [{ name: 'segment', values: ['vip', 'staff'] }],
    });
    expect(rulesInForce([rule], { ...asked, context: { segment: 'staff' } })).toBeDefined();
    expect(rulesInForce([rule], { ...asked, context: { segment: 'other' } })).toBeUndefined();
  });

  it('leaves out the same users always, as many as the hold-out says', () => {
    const book = new RuleBook();
    book.put(shopRule('r', 'exclude', { items: ['a'], holdout: 0.2 }));
    const heldOut = (userId: string) => book.inForce({ ...asked, userId })!.heldOut.length;
    const users = Array.from({ length: 4_000 }, (_, i) => `user-${i}`);
    const share = users.reduce((sum, user) => sum + heldOut(user), 0) / users.length;
    expect(Math.abs(share - 0.2)).toBeLessThan(0.025);
    expect(users.map(heldOut)).toEqual(users.map(heldOut));
    book.put(shopRule('r', 'exclude', { items: ['a'], holdout: 1 }));
    expect(heldOut('user-1')).toBe(1);
  });
});

describe('contradictions', () => {
  const item = (itemId: string) => ({ itemId, groups: ['g'], attributes: {} });
  const pin = (ruleId: string, itemId: string, position: number, priority = 0) =>
    shopRule(ruleId, 'pin', { items: [itemId], positions: [position], priority });
  const outcomes = (rules: Parameters<typeof rulesInForce>[0], ids = ['a', 'b', 'c']) => {
    const inForce = rulesInForce(rules)!;
    const left = ids.map(item).filter((one) => !inForce.removes(one));
    const { arrangement } = inForce.arrange(left, 2);
    const hindered = [...inForce.standings()].flatMap(({ rule, hindered: how }) =>
      how ? [[rule.ruleId, how]] : [],
    );
    const pins = [...(arrangement?.pins ?? [])].map(([at, i]) => [at, left[i]!.itemId]);
    return { pins, hindered };
  };

  it('of two pins of a position the greater priority holds, then the lesser id', () => {
    expect(outcomes([pin('x', 'a', 0), pin('y', 'b', 0, 1)])).toEqual({
      pins: [[0, 'b']],
      hindered: [['x', 'lost']],
    });
    expect(outcomes([pin('y', 'b', 0), pin('x', 'a', 0)]).pins).toEqual([[0, 'a']]);
  });

  it('an item is pinned once, not where it was removed, and not where nobody knows it', () => {
    expect(outcomes([pin('x', 'a', 0), pin('y', 'a', 1)])).toEqual({
      pins: [[0, 'a']],
      hindered: [['y', 'lost']],
    });
    const gone = shopRule('gone', 'exclude', { items: ['a'] });
    expect(outcomes([gone, pin('x', 'a', 0)]).hindered).toEqual([['x', 'lost']]);
    expect(outcomes([pin('x', 'nowhere', 0)]).hindered).toEqual([['x', 'unmet']]);
    expect(outcomes([pin('x', 'a', 7)])).toEqual({ pins: [], hindered: [] });
  });

  it('pins stay where they are more than there may be, and a taken slot is lost', () => {
    const most = shopRule('most', 'atMost', { groups: ['g'], most: 1 });
    const slot = shopRule('slot', 'slot', { items: ['c'], positions: [1] });
    expect(outcomes([pin('x', 'a', 0), pin('y', 'b', 1), most, slot])).toEqual({
      pins: [
        [0, 'a'],
        [1, 'b'],
      ],
      hindered: [
        ['most', 'unmet'],
        ['slot', 'lost'],
      ],
    });
  });
});
