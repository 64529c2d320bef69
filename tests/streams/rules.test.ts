// Rules of the shop in the stage that serves: at once, whatever brings an item, and exact with what is learned.
import { describe, expect, it } from '@jest/globals';
import { topics } from '../../schemas/index.ts';
import { requestOf } from '../../schemas/request-border.ts';
import { clicks } from '../../schemas/topics/clicks.ts';
import { examples } from '../../schemas/topics/examples.ts';
import { type Impression, impressions } from '../../schemas/topics/impressions.ts';
import { items } from '../../schemas/topics/items.ts';
import { requests } from '../../schemas/topics/requests.ts';
import { rules, type ShopRule } from '../../schemas/topics/rules.ts';
import { MemoryRuntime } from '../../streams/engine/memory-runtime.ts';
import { serveDefaults } from '../../streams/serve/stage.ts';
import { mainTopology } from '../../streams/topology.ts';
import { clickOf, itemOf } from '../support/events.ts';
import { is, shopRule } from '../support/shop-rules.ts';

const ids = Array.from({ length: 40 }, (_, i) => `x${i}`);

class Shop {
  readonly runtime = new MemoryRuntime(
    mainTopology({
      serve: { ...serveDefaults, retrievers: { total: 20, similar: 5, turns: ['near'] } },
    }),
    { topics },
  );
  #at = 100;

  constructor() {
    for (const [i, itemId] of ids.entries()) {
      const attributes = { available: String(i % 4 !== 0), price: String(i) };
      const groups = i === 39 ? ['rare'] : [i % 2 === 0 ? 'even' : 'odd'];
      this.runtime.send(items, { ...itemOf(itemId, groups), attributes });
    }
  }

  put(...all: ShopRule[]): void {
    for (const rule of all) this.runtime.send(rules, rule);
    this.runtime.drain();
  }

  remove(ruleId: string): void {
    this.runtime.sendRecord(rules, 0, { key: ruleId, at: 0, bytes: null });
    this.runtime.drain();
  }

  ask(
    userId = 'me',
    rest: { candidates?: string[]; k?: number; surface?: string } = {},
  ): Impression {
    const at = this.#at++;
    const requestId = `r${at}`;
    this.runtime.send(
      requests,
      requestOf({ requestId, userId, at, k: 5, surface: 'home', ...rest }),
    );
    this.runtime.drain();
    return this.runtime.events(impressions).find((one) => one.requestId === requestId)!;
  }
}

const shown = ({ items: all }: Impression) => all.map(({ itemId }) => itemId);
const effect = ({ rules: all }: Impression, id: string) => all.find(({ ruleId }) => ruleId === id);

describe('a rule of the shop', () => {
  it('holds from the next request on, until it is removed', () => {
    const shop = new Shop();
    shop.put(shopRule('odd', 'filter', { groups: ['odd'] }));
    const slate = shop.ask();
    expect(shown(slate).every((itemId) => Number(itemId.slice(1)) % 2 === 1)).toBe(true);
    expect(effect(slate, 'odd')).toMatchObject({ outcome: 'acted', kind: 'filter' });
    expect(effect(slate, 'odd')!.removed).toBeGreaterThan(0);
    expect(slate.missing).not.toContain('candidates');
    shop.remove('odd');
    expect(shop.ask().rules).toEqual([]);
  });

  it('leaves a request without any as it was, but for nothing', () => {
    const [one, other] = [new Shop(), new Shop()];
    other.put(shopRule('mail', 'exclude', { groups: ['even'], surfaces: ['mail'] }));
    expect(other.ask()).toEqual(one.ask());
    expect(shown(other.ask('me', { surface: 'mail', k: 20 })).some((id) => id === 'x2')).toBe(
      false,
    );
  });

  it('brings a pinned item, and items of a slot, among the candidates', () => {
    const shop = new Shop();
    shop.put(
      shopRule('top', 'pin', { items: ['x38'], positions: [0] }),
      shopRule('rare', 'slot', { groups: ['rare'], positions: [2] }),
    );
    for (let i = 0; i < 10; i++) {
      const slate = shop.ask(`user-${i}`);
      expect(shown(slate)[0]).toBe('x38');
      expect(shown(slate)[2]).toBe('x39');
      expect(slate.items[0]).toMatchObject({ propensity: 1, barred: 1 });
      expect(slate.items[2]).toMatchObject({ propensity: 1, barred: expect.closeTo(0.95, 1) });
      expect(slate.items[1]!.barred).toBeCloseTo(0.05, 1); // the last rare one is kept for its slot
      expect(slate.items[3]!.barred).toBe(0);
      expect(effect(slate, 'top')).toMatchObject({ outcome: 'acted', positions: [0] });
      expect(effect(slate, 'rare')).toMatchObject({ outcome: 'acted', positions: [2] });
    }
  });

  it('arranges the candidates that a request names, and brings none', () => {
    const shop = new Shop();
    shop.put(
      shopRule('top', 'pin', { items: ['x38'], positions: [0] }),
      shopRule('gone', 'exclude', { conditions: [is('available', 'false')] }),
    );
    const slate = shop.ask('me', { candidates: ['x1', 'x3', 'x4'] });
    expect(shown(slate).toSorted()).toEqual(['x1', 'x3']);
    expect(slate.missing).not.toContain('candidates');
    expect(effect(slate, 'top')).toMatchObject({ outcome: 'unmet' });
    expect(effect(slate, 'gone')).toMatchObject({ outcome: 'acted', removed: 1 });
    expect(shop.ask('me', { candidates: ['x1', 'nowhere'] }).missing).toContain('candidates');
  });

  it('that leaves nothing gives an empty slate, and says so', () => {
    const shop = new Shop();
    shop.put(shopRule('none', 'filter', { groups: ['no such group'] }));
    const slate = shop.ask();
    expect(slate.items).toEqual([]);
    expect(effect(slate, 'none')).toMatchObject({ outcome: 'acted', removed: 40 });
  });

  it('follows the catalogue: what is sold out is gone, and comes back', () => {
    const shop = new Shop();
    shop.put(
      shopRule('gone', 'exclude', { conditions: [is('available', 'false')] }),
      shopRule('top', 'pin', { items: ['x1'], positions: [0] }),
    );
    expect(shown(shop.ask())[0]).toBe('x1');
    const sold = { ...itemOf('x1', ['odd']), attributes: { available: 'false' } };
    shop.runtime.send(items, sold);
    shop.runtime.drain();
    const slate = shop.ask();
    expect(shown(slate)).not.toContain('x1');
    expect(effect(slate, 'top')).toMatchObject({ outcome: 'lost' });
    shop.runtime.send(items, { ...sold, attributes: { available: 'true' } });
    shop.runtime.drain();
    expect(shown(shop.ask())[0]).toBe('x1');
  });

  it('is quiet for its users until its time, and for nobody else', () => {
    const shop = new Shop();
    shop.put(shopRule('hush', 'quiet', { groups: ['odd'], users: ['me'], until: 102 }));
    const all = { k: 20 };
    expect(
      shown(shop.ask('me', all)).some((id) => Number(id.slice(1)) % 2 === 1 && id !== 'x39'),
    ).toBe(false);
    expect(shop.ask('you', all).rules).toEqual([]);
    expect(shop.ask('me', all).rules).toEqual([]); // it is 102 now
  });

  it('marks the examples that are made of its slates', () => {
    const shop = new Shop();
    shop.put(
      shopRule('top', 'pin', { items: ['x3'], positions: [0] }),
      shopRule('most', 'atMost', { groups: ['odd'], most: 1 }),
    );
    const slate = shop.ask();
    shop.runtime.send(clicks, clickOf('c', slate.impressionId, 'me', 'x3', 150));
    shop.runtime.send(
      requests,
      requestOf({ requestId: 'late', userId: 'me', at: 9_000_000, k: 1 }),
    );
    shop.runtime.drain();
    const [example] = shop.runtime.events(examples);
    expect(example!.items.map(({ barred }) => barred)).toEqual(
      slate.items.map(({ barred }) => barred),
    );
    expect(example!.items[0]).toMatchObject({ itemId: 'x3', positive: true, barred: 1 });
    expect(
      shown(slate)
        .slice(1)
        .some((id) => Number(id.slice(1)) % 2 === 1 && id !== 'x39'),
    ).toBe(false);
    expect(slate.items.slice(1).every(({ barred }) => barred > 0 && barred < 1)).toBe(true);
  });
});
