// The small shop in a browser: it lists, takes clicks, and its list changes.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { MillraceClient } from '../../api/client.ts';
import { openShop } from '../../examples/shop/server.ts';
import { clicks } from '../../schemas/topics/clicks.ts';
import { impressions } from '../../schemas/topics/impressions.ts';
import { rewards } from '../../schemas/topics/rewards.ts';
import { type MemoryApi, openMemoryApi } from '../support/memory-api.ts';
import { browserPath, launchBrowser } from './browser.ts';

const onBrowser = browserPath ? describe : describe.skip;

onBrowser('the shop', () => {
  let browser: Browser;
  let api: MemoryApi;
  let shop: Awaited<ReturnType<typeof openShop>>;

  beforeAll(async () => {
    browser = await launchBrowser();
    api = await openMemoryApi({ tokens: { shop: ['read', 'write'] } });
    shop = await openShop(new MillraceClient({ url: api.url, token: api.tokens.shop! }), 0);
  });

  afterAll(async () => {
    shop?.close();
    await api?.[Symbol.asyncDispose]();
    await browser?.close();
  });

  /** A visitor of their own; errors of the page fail the test. */
  async function visitor(width = 1_000): Promise<Page> {
    const context = await browser.newContext({ viewport: { width, height: 800 } });
    const page = await context.newPage();
    page.on('pageerror', (error) => {
      throw error;
    });
    await page.goto(shop.url);
    await page.waitForSelector('#slate li');
    return page;
  }

  const shownIn = (page: Page) =>
    page.evaluate<string[]>(
      '[...document.querySelectorAll("#slate li")].map((card) => card.dataset.item)',
    );

  async function press(page: Page, selector: string): Promise<void> {
    const before = await page.getAttribute('#slate', 'data-impression');
    await page.click(selector);
    await page.waitForFunction(
      `document.getElementById('slate').dataset.impression !== '${before}'`,
    );
  }

  it('lists what was decided, in its order', async () => {
    const page = await visitor();
    const shown = await shownIn(page);
    const impression = api.runtime.events(impressions).at(-1)!;
    expect(await page.getAttribute('#slate', 'data-impression')).toBe(impression.impressionId);
    expect(shown).toEqual(impression.items.map(({ itemId }) => itemId));
    expect(shown).toHaveLength(6);
    expect(await page.textContent('#user')).toBe(impression.userId);
  });

  it('sends a click and a purchase, and lists anew without what was taken', async () => {
    const page = await visitor();
    const [looked, other] = await shownIn(page);
    const first = api.runtime.events(impressions).at(-1)!;
    await press(page, `li[data-item="${looked}"] .click`);
    expect(await page.textContent('#status')).toMatch(/^You looked at /);
    const second = await shownIn(page);
    expect(second).toHaveLength(6);
    expect(second).not.toContain(looked);
    await press(page, `li[data-item="${second[0]}"] .buy`);
    const third = await shownIn(page);
    expect(third).not.toContain(looked);
    expect(third).not.toContain(second[0]);
    const joined = api.runtime.events(rewards).slice(-2);
    expect(joined).toMatchObject([
      { impressionId: first.impressionId, itemId: looked, value: 1, userId: first.userId },
      { itemId: second[0], positive: true },
    ]);
    expect(joined[1]!.value).toBeGreaterThan(1); // the price
    expect(api.runtime.events(clicks).at(-1)).toMatchObject({ kind: 'buy' });
    expect(other).toBeDefined();
  });

  it('knows visitors apart, and a visitor again', async () => {
    const page = await visitor();
    const name = await page.textContent('#user');
    await page.reload();
    await page.waitForSelector('#slate li');
    expect(await page.textContent('#user')).toBe(name);
    await press(page, '#other');
    expect(await page.textContent('#user')).not.toBe(name);
  });

  it('has no scroll bar below at 390 pixels', async () => {
    const page = await visitor(390);
    const width = await page.evaluate<number>('document.documentElement.scrollWidth');
    expect(width).toBeLessThanOrEqual(390);
    const shot = process.env.SHOP_SCREENSHOTS;
    if (shot) await page.screenshot({ path: `${shot}/shop-390.png`, fullPage: true });
  });

  it('says that the recommendations are away, and goes on when they are back', async () => {
    const page = await visitor();
    await page.route('**/api/slate*', (route) =>
      route.fulfill({
        status: 502,
        json: { message: 'The recommendations are away for a moment.' },
      }),
    );
    await page.click('#other');
    await page.waitForFunction("/away/.test(document.getElementById('status').textContent)");
    await page.unroute('**/api/slate*');
    await press(page, '#other');
    expect(await shownIn(page)).toHaveLength(6);
  });
});
