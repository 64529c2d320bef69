// The page on a telephone, 390 px wide: all of it in view, in both schemes, and by keyboard; and a first run.
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { readConfig } from '../../app/config/read.ts';
import { topologyOf } from '../../app/topology.ts';
import type { Listening } from '../../infra/http/listen.ts';
import { noCounters } from '../../infra/http/live.ts';
import { serveDashboard } from '../../infra/http/server.ts';
import { type DashboardState, emptyPanels } from '../../infra/http/state.ts';
import { outlineOf } from '../../streams/engine/outline.ts';
import { nobody } from '../../streams/topology.ts';
import { browserPath, launchBrowser } from './browser.ts';
import { contrasts } from './contrasts.ts';
import { panel } from './fake-panels.ts';
import { fakeState } from './fake-state.ts';

if (!browserPath) console.warn('The narrow page was not tested: skipped for want of Chromium.');
jest.setTimeout(60_000);
const topology = outlineOf(topologyOf(readConfig({}, { folder: null }), { llm: nobody }));
const viewport = { width: 390, height: 844 };
const explanation = {
  hash: 'a'.repeat(64),
  title: 'A title that is rather long for a telephone, with a wordthatdoesnotendforalongtimeatall',
  text: 'Because you liked Casino (1995).',
  citedTitles: ['Casino (1995)'],
  citedGroups: ['Crime'],
  citedAttributes: [],
  judgementsByPeople: 0,
};

let browser: Browser;
let page: Page;
let server: Listening;
let state: DashboardState;

(browserPath ? describe : describe.skip)('the page, looked at closely', () => {
  beforeAll(async () => {
    browser = await launchBrowser();
    server = await serveDashboard({
      state: async () => state,
      topology,
      port: 0,
      everyMs: 20,
      explanations: { latest: async () => [explanation], judge: async () => undefined } as never,
    });
  }, 60_000);
  afterAll(async () => {
    await browser?.close();
    await server?.[Symbol.asyncDispose]();
  });
  afterEach(() => page.close());

  async function open(shown: DashboardState, options: object = {}) {
    state = shown;
    page = await browser.newPage({ viewport, colorScheme: 'dark', ...options });
    await page.goto(server.url);
    await page.waitForSelector('#connection[data-status="live"]');
  }
  const evaluate = <T>(script: string) => page.evaluate(script) as Promise<T>;
  const width = () => evaluate<number>('document.documentElement.scrollWidth');

  it.each(['dark', 'light'] as const)(
    'has all of it in view, legible, in the %s scheme',
    async (scheme) => {
      await open(many(), { colorScheme: scheme });
      await page.waitForSelector('#chart-auc canvas');
      expect(await width()).toBe(viewport.width);
      expect(await evaluate(cut)).toEqual([]);
      expect(await evaluate(blankRows)).toEqual([]);
      const ratios = await evaluate<{ text: string; ratio: number }[]>(contrasts);
      expect(ratios.length).toBeGreaterThan(150);
      expect(ratios.filter(({ ratio }) => ratio < 4.5)).toEqual([]);
    },
  );

  it('tells every figure of a table under its label, and is a table to screen readers', async () => {
    await open(fakeState());
    const labels = await evaluate<string[]>(labelsOf('#variants tbody tr:first-child td'));
    expect(labels).toEqual(expect.arrayContaining(['"CTR"', '"Coverage"', '"p99"']));
    const tree = await page.locator('#variants').ariaSnapshot();
    expect(tree).toContain('columnheader "Coverage"');
    expect(tree).toContain('rowheader "millrace"');
    expect(tree).toMatch(/cell "[^"]*18\.2 %"/);
  });

  it('says the loop in words: every stage with what it reads and writes, and its pace', async () => {
    await open(fakeState());
    expect(await page.locator('.loop').isVisible()).toBe(false);
    const steps = page.locator('.loop-list li');
    expect(await steps.locator('strong').allTextContents()).toEqual(
      topology.map(({ name }) => name),
    );
    const serve = await steps.filter({ hasText: 'serve' }).first().textContent();
    expect(serve).toContain('1,774/s, lag 40');
    expect(serve).toMatch(/reads requests, .*writes impressions/);
  });

  it('shows where the keyboard is, at every stop, within the window', async () => {
    await open(fakeState());
    await page.waitForSelector('#chart-auc canvas');
    const stops: string[] = [];
    for (let i = 0; i < 60; i++) {
      await page.keyboard.press('Tab');
      const stop = await evaluate<{ what: string; ring: boolean; right: number } | null>(focused);
      if (!stop) break;
      if (stops.includes(stop.what)) break;
      stops.push(stop.what);
      expect(stop).toEqual({ ...stop, ring: true });
      expect(stop.right).toBeLessThanOrEqual(viewport.width);
    }
    expect(stops[0]).toContain('Skip to the figures');
    // Links, switches of the lines, and every table.
    expect(stops.length).toBeGreaterThan(20);
    expect(stops.filter((what) => what.startsWith('Outcome by variant'))).toHaveLength(1);
  });

  it('holds the explanations to be rated as well', async () => {
    state = fakeState();
    page = await browser.newPage({ viewport });
    await page.goto(`${server.url}/explanations`);
    await page.waitForSelector('.reason');
    expect(await width()).toBe(viewport.width);
    expect(await evaluate(cut)).toEqual([]);
  });

  it('gives no two variants one colour, and a name the same colour everywhere', async () => {
    await open(many());
    await page.waitForSelector('#chart-reward canvas');
    const colours = (selector: string) => evaluate<[string, string][]>(coloursOf(selector));
    const inTable = await colours('#variants .swatch');
    expect(inTable).toHaveLength(8);
    expect(new Set(inTable.map(([, colour]) => colour)).size).toBe(8);
    const inChart = new Map(await colours('#chart-reward .legend .swatch'));
    expect(inChart.size).toBeGreaterThan(2);
    for (const [name, colour] of inChart)
      expect([name, new Map(inTable).get(name)]).toEqual([name, colour]);
  });

  it('says how long a run took once it is done', async () => {
    const done = fakeState();
    done.live.phase = 'done';
    done.live.seconds = 134.9;
    await open(done);
    expect(await page.textContent('#elapsed')).toBe('took 2 min 14 s');
  });

  it('says at a first run what is missing and what to do, and no longer once it is there', async () => {
    const serving = { ...noCounters(), phase: 'serving' };
    const topics = (rows: Record<string, number>) =>
      panel(
        5,
        Object.entries(rows).map(([topic, records]) => ({ topic, records, duplicates: 0 })),
      );
    const first = firstRun(serving, topics({}));
    await open(first);
    const step = (name: string) => page.locator('#first-run li', { hasText: name });
    await step('Catalogue').waitFor();
    expect(await page.locator('#first-run li[data-state=missing]').count()).toBe(4);
    expect(await step('Catalogue').textContent()).toMatch(
      /No item is known.*millrace init --from.*millrace import/,
    );
    expect(await step('Requests').textContent()).toMatch(/Nobody has asked.*POST \/v1\/recommend/);
    expect(await step('Feedback').textContent()).toMatch(/POST \/v1\/feedback/);
    expect(await page.locator('#charts').isVisible()).toBe(false);
    state = firstRun(serving, topics({ items: 9742 }));
    await page.locator('#first-run li[data-state=there]', { hasText: '9,742 items' }).waitFor();
    const refused = firstRun(serving, topics({ items: 9742 }));
    refused.panels.deadLetters = fakeState().panels.deadLetters;
    state = refused;
    await page.locator('#first-run .trouble', { hasText: '7 records were refused' }).waitFor();
    state = firstRun(serving, topics({ items: 9742, requests: 3, impressions: 3, clicks: 1 }));
    await page.locator('#first-run').waitFor({ state: 'hidden' });
    expect(await page.locator('#charts').isVisible()).toBe(true);
  });

  it('does not say so of a log that brings all of it by itself', async () => {
    await open(
      firstRun(
        { ...noCounters(), phase: 'replay', replay: { events: 0, total: 9, perSecond: 0 } },
        panel(5, []),
      ),
    );
    expect(await page.locator('#first-run').isVisible()).toBe(false);
  });
});

function firstRun(
  live: DashboardState['live'],
  topics: DashboardState['panels']['topics'],
): DashboardState {
  return { live, panels: { ...emptyPanels(), topics } };
}

/** A state with eight variants: those of the demo, and three more. */
function many(): DashboardState {
  const shown = fakeState();
  const { ctr } = shown.panels;
  const names = ['uniform', 'llm', 'inverted', 'ppo', 'dpo', 'linear-thompson'];
  const rows = names.map((variant) => ({ ...ctr.rows[0]!, variant }));
  shown.panels.ctr = panel(1, [
    ...ctr.rows.filter(({ variant }) => variant !== 'uniform'),
    ...rows,
  ]);
  return shown;
}

/** What reaches beyond the window, or beyond the box that it scrolls in. */
const cut = `[...document.querySelectorAll('body *')]
  .filter((node) => node.checkVisibility() && !node.closest('.hidden-text, .skip, thead'))
  .filter((node) => {
    const { left, right, width } = node.getBoundingClientRect();
    const scrolls = node.matches('.scroll') && node.scrollWidth > node.clientWidth;
    return width > 0 && (left < 0 || right > innerWidth + 0.5 || scrolls);
  })
  .map((node) => node.tagName + ' ' + node.textContent.slice(0, 40))`;

/** Rows of tables that have height and show no word. */
const blankRows = `[...document.querySelectorAll('tbody tr')]
  .filter((row) => row.checkVisibility() && row.innerText.trim() === '')
  .map((row) => row.parentElement.parentElement.ariaLabel)`;

/** Labels that the style sheet puts above the figures. */
const labelsOf = (selector: string) =>
  `[...document.querySelectorAll('${selector}')].map((td) => getComputedStyle(td, '::before').content)`;

/** Names of series with their colours. */
const coloursOf = (selector: string) =>
  `[...document.querySelectorAll('${selector}')].map((swatch) => [
    swatch.parentElement.textContent.replace(/[0-9.,–]+$/, '').trim(),
    getComputedStyle(swatch).borderTopColor,
  ])`;

/** What has the focus: its name, whether a ring shows it, and where it ends. */
const focused = `(() => {
  const node = document.activeElement;
  if (!node || node === document.body) return null;
  const { outlineStyle, outlineWidth } = getComputedStyle(node);
  const ring = outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2;
  const what = (node.ariaLabel ?? '') + ' ' + node.textContent.slice(0, 60) + ' in ' + (node.closest('section')?.id ?? '');
  return { what: what.trim(), ring, right: Math.round(node.getBoundingClientRect().right) };
})()`;
