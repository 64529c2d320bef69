// What rules say of an item is kept, and never outlives the item or the rules.
import { describe, expect, it } from '@jest/globals';
import { RuleBook } from '../../../models/rules/book.ts';
import type { ItemFacts } from '../../../models/rules/match.ts';
import { ruleOf } from '../../../schemas/rule-input.ts';

const asked = { userId: 'me', surface: 'home', at: 1_000, feedbacks: 0 };
const item = (price: number, groups: string[] = ['lamps']): ItemFacts => ({
  ...{ itemId: 'a', groups, attributes: { price: String(price) } },
});
const put = (book: RuleBook, rule: object) => book.put(ruleOf(rule, { at: 1, owner: 'people' }));
const removes = (book: RuleBook, one: ItemFacts, userId = 'me') =>
  book.inForce({ ...asked, userId })?.removes(one) ?? false;

describe('the verdicts of rules on an item', () => {
  it('change with the item and with the rules', () => {
    const book = new RuleBook();
    put(book, { id: 'cheap', kind: 'filter', where: { price: { most: 10 } } });
    const [before, after] = [item(9), item(11)];
    for (let i = 0; i < 2; i++) {
      expect([removes(book, before), removes(book, after)]).toEqual([false, true]);
    }
    put(book, { id: 'cheap', kind: 'filter', where: { price: { most: 8 } } });
    expect(removes(book, before)).toBe(true);
    book.delete('cheap');
    put(book, { id: 'no-lamps', kind: 'exclude', groups: ['lamps'] });
    expect([removes(book, before), removes(book, item(9, ['chairs']))]).toEqual([true, false]);
  });

  it('are of the rules in whose scope the request is, whatever others asked before', () => {
    const book = new RuleBook();
    const until = 2_000_000_000_000;
    put(book, {
      id: 'hers',
      kind: 'filter',
      where: { price: { most: 5 } },
      for: { users: ['she'], until },
    });
    put(book, { id: 'away', kind: 'exclude', items: ['a'], for: { surfaces: ['cart'] } });
    put(book, { id: 'all', kind: 'filter', where: { price: { most: 50 } } });
    const one = item(9);
    expect([removes(book, one, 'she'), removes(book, one), removes(book, one, 'she')]).toEqual([
      ...[true, false, true],
    ]);
    expect(book.inForce({ ...asked, surface: 'cart' })!.removes(one)).toBe(true);
    expect(removes(book, one)).toBe(false);
  });

  it('count each rule once, also where there are more filters than are remembered', () => {
    for (const filters of [3, 150]) {
      const book = new RuleBook();
      for (let i = 0; i < filters; i++) {
        put(book, { id: `f${i}`, kind: 'filter', where: { price: { most: i } } });
      }
      const one = item(1.5);
      for (let again = 0; again < 2; again++) {
        const inForce = book.inForce(asked)!;
        expect(inForce.removes(one)).toBe(true);
        const removed = [...inForce.standings()].filter((standing) => standing.removed > 0);
        expect(removed.map(({ rule, removed: n }) => [rule.ruleId, n])).toEqual([
          ['f0', 1],
          ['f1', 1],
        ]);
      }
    }
  });
});
