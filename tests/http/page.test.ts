// The page as a reader has it: a real browser on the real server, with a state made up.
import {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  describe,
  expect,
  it,
  jest,
} from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { readConfig } from '../../app/config/read.ts';
import { demoLayer } from '../../app/demo/recommender.ts';
import { topologyOf } from '../../app/topology.ts';
import type { Listening } from '../../infra/http/listen.ts';
import { noCounters } from '../../infra/http/live.ts';
import { serveDashboard } from '../../infra/http/server.ts';
import { type DashboardState, emptyPanels } from '../../infra/http/state.ts';
import { positions } from '../../schemas/topics/positions.ts';
import { outlineOf } from '../../streams/engine/outline.ts';
import { topicsOf } from '../../streams/engine/topology.ts';
import { simulateEnricher } from '../../streams/enrichers/simulate.ts';
import { nobody } from '../../streams/topology.ts';
import { browserPath, launchBrowser } from './browser.ts';
import { contrasts } from './contrasts.ts';
import { fakeState } from './fake-state.ts';

if (!browserPath) console.warn('The page was not tested: skipped for want of Chromium.');
// A browser on a busy machine takes its time; nothing here waits longer than it must.
jest.setTimeout(60_000);
const running = topologyOf(readConfig({}, { folder: null, over: demoLayer(1_000) }), {
  llm: nobody,
  simulate: simulateEnricher,
});
const topology = outlineOf(running);
const describePage = browserPath ? describe : describe.skip;

describePage('the page', () => {
  let browser: Browser;
  let page: Page;
  let server: Listening;
  let state: DashboardState;
  let complaints: string[];
  let requested: string[];

  beforeAll(async () => {
    browser = await launchBrowser();
    server = await serveDashboard({ state: async () => state, topology, port: 0, everyMs: 20 });
  }, 60_000);

  afterAll(async () => {
    await browser?.close();
    await server?.[Symbol.asyncDispose]();
  });

  beforeEach(async () => {
    state = fakeState();
    complaints = [];
    requested = [];
    page = await browser.newPage({ viewport: { width: 1440, height: 1000 } });
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on('request', (request) => requested.push(request.url()));
  });

  afterEach(async () => {
    await page.close();
  });

  async function open(): Promise<void> {
    await page.goto(server.url);
    await page.waitForSelector('#connection[data-status="live"]');
  }

  const textOf = async (selector: string) =>
    (await page.textContent(selector))?.replace(/\s+/g, ' ').trim();

  /** Waits until an element's text has the words. */
  async function reads(selector: string, words: string): Promise<void> {
    await page.locator(selector, { hasText: words }).first().waitFor();
  }

  it('shows what the state says, from this server alone and without complaint', async () => {
    await open();
    expect(await textOf('#tiles')).toMatch(
      /Events read86,120.*Lost or still open214.*Duplicated0.*Dead letters7/,
    );
    expect(await textOf('#progress-text')).toBe('86,120 of 100,004 events (86 %), 3,120/s');
    expect(await textOf('#variants tbody tr')).toContain('millrace64023.6 %');
    expect(await textOf('#variants tbody tr')).toContain('22.9 % [21.2, 24.6]');
    expect(await textOf('#models tbody tr')).toBe('millracelogged79,8200.7520.5660.1180.063');
    expect(await textOf('#fidelity')).toContain('AUC0.612');
    expect(await textOf('#dead-letters tbody tr')).toBe('late-clickclicks52016-08-01 08:03:04');
    expect(await textOf('#decisions tbody tr')).toContain('2017-05-03 19:24:10');
    expect(await page.locator('#decisions tbody tr').first().locator('li').count()).toBe(10);
    expect(await page.locator('.chart canvas').count()).toBe(9);
    // DivRatio .1 + .182 / 2, ORRatio .2 - .182 / 5, MGU and DGU with their K.
    expect(await textOf('#beyond tbody tr')).toBe('millrace0.1910.1647.540.8890.013 @100.110 @10');
    expect(await textOf('#stays tbody tr')).toBe('millrace3.91 bits+0.4039.1 %0.293.007.08412');
    expect(await textOf('#unfair-groups tbody tr')).toBe('millrace1990s15.0 %25.0 %-0.100');
    expect(await page.getAttribute('#chart-auc .plot', 'aria-label')).toMatch(/millrace 0\.7\d\d/);
    // 640 slates of ten, 23.6 % of them clicked: 1,510 clicks.
    expect(await page.getAttribute('#chart-reward .plot', 'aria-label')).toContain(
      'millrace 1,510',
    );
    expect(await page.getAttribute('#chart-per-slate .plot', 'aria-label')).toContain(
      'millrace 2.36',
    );
    expect(complaints).toEqual([]);
    expect(requested.every((url) => url.startsWith(`${server.url}/`))).toBe(true);
  });

  it('follows the stream, and puts rates on the topics from two counts', async () => {
    await open();
    // Until then, as fast as `learn` takes them.
    await reads('.loop [data-topic=examples]', '402/s');
    state = fakeState(1);
    await reads('#tiles', '87,120');
    // Impressions: 420 more records, read one second later.
    await reads('.loop [data-topic=impressions]', '420/s');
    expect(await textOf('#elapsed')).toBe('42 s');
    expect(complaints).toEqual([]);
  });

  it('draws every stage, every enricher and every topic they touch', async () => {
    await open();
    const namesIn = (attribute: string) =>
      page
        .locator(`.loop [${attribute}]`)
        .evaluateAll((nodes, name) => nodes.map((node) => node.getAttribute(name)), attribute);
    const { stages, enrichers } = running;
    const steps = [...stages, ...enrichers].map(({ name }) => name);
    expect(await namesIn('data-step')).toEqual(steps);
    // No step touches the topic in which the runtime keeps how far it has read.
    const touched = topicsOf(running).filter((topic) => topic !== positions);
    expect(await namesIn('data-topic')).toEqual(
      expect.arrayContaining(touched.map(({ name }) => name)),
    );
    for (const name of steps) {
      expect(await textOf(`.loop [data-step=${name}] .under`)).toMatch(/\/s, lag /);
    }
    const marks = topology.flatMap(({ reads, looksUp, writes }) => [reads, looksUp, writes].flat());
    const inKey = 3;
    expect(await page.locator('.loop :is(.reads, .looks-up, .writes)').count()).toBe(
      marks.length + inKey,
    );
  });

  it.each([1440, 1280])('keeps the words of the loop apart, %i px wide', async (width) => {
    await page.setViewportSize({ width, height: 900 });
    await open();
    expect(await page.evaluate(overlaps)).toEqual([]);
  });

  it('calls a row lost only once no window can be open', async () => {
    await open();
    const lost = page.locator('.tile').nth(1);
    expect(await lost.getAttribute('data-tone')).toBe('');
    state = fakeState(20);
    for (const stage of state.live.stages) stage.lag = 0;
    await page.locator('.tile[data-tone=bad]', { hasText: 'Lost214' }).waitFor();
    state = structuredClone(state);
    state.panels.accounting.rows[0]!.lost = 0;
    await page.locator('.tile[data-tone=good]', { hasText: 'Lost0' }).waitFor();
  });

  it('says when it reconnects', async () => {
    await open();
    const port = Number(new URL(server.url).port);
    await server[Symbol.asyncDispose]();
    await page.waitForSelector('#connection[data-status="reconnecting"]');
    server = await serveDashboard({ state: async () => state, topology, port, everyMs: 20 });
    await page.waitForSelector('#connection[data-status="live"]');
  });

  it('shows a hostile title as the text it is', async () => {
    const title = '<img src=x onerror="window.harmed = true"><b>bold</b>';
    state = fakeState(0, title);
    await open();
    expect(await textOf('#decisions tbody li:first-child .title')).toBe(title);
    expect(await page.locator('#main img, #main b').count()).toBe(0);
    expect(await page.evaluate('window.harmed')).toBeUndefined();
    expect(complaints).toEqual([]);
  });

  it('names the view that fails and shows the rest', async () => {
    state.panels.snips = { rows: [], error: 'Unknown table <i>snips</i>', at: 1 };
    await open();
    expect(await textOf('.notice')).toBe('Could not be read. snips: Unknown table <i>snips</i>');
    expect(await page.locator('.notice').count()).toBe(1);
    expect(await textOf('#variants tbody tr')).toContain('23.6 %');
  });

  it('says that there is nothing yet, and fills when there is', async () => {
    state = { live: noCounters(), panels: emptyPanels() };
    await open();
    expect(await textOf('#phase')).toBe('starting');
    expect(await textOf('#chart-auc .plot')).toBe('No predictions yet');
    expect(await textOf('#decisions')).toContain('No decision yet.');
    expect(complaints).toEqual([]);
    state = fakeState();
    await page.waitForSelector('#chart-auc canvas');
    await reads('#decisions tbody', 'Toy Story (1995)');
  });

  it('can be used by keyboard: skip link, switches of the lines, tables that scroll', async () => {
    await open();
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.className')).toBe('skip');
    await page.keyboard.press('Enter');
    expect(await page.evaluate('document.activeElement.id')).toBe('main');
    const line = page.locator('#chart-auc .legend button').first();
    await line.focus();
    await page.keyboard.press('Space');
    expect(await line.getAttribute('aria-pressed')).toBe('false');
    state = fakeState(1);
    await reads('#tiles', '87,120');
    expect(await line.getAttribute('aria-pressed')).toBe('false');
    expect(await page.evaluate('document.activeElement.getAttribute("aria-pressed")')).toBe(
      'false',
    );
    const regions = page.locator('[role=region][tabindex="0"][aria-label]');
    expect(await regions.count()).toBe(await page.locator('table').count());
  });

  it.each([1440, 900, 480])('fits a window %i px wide', async (width) => {
    await page.setViewportSize({ width, height: 900 });
    await open();
    const wider = 'document.documentElement.scrollWidth - window.innerWidth';
    expect(await page.evaluate(wider)).toBe(0);
    if (width < 900) return;
    const cut =
      '[...document.querySelectorAll(".scroll")].filter((e) => e.scrollWidth > e.clientWidth)';
    expect(await page.evaluate(`${cut}.map((e) => e.ariaLabel)`)).toEqual([]);
  });

  it.each(['dark', 'light'] as const)('has legible text in the %s scheme', async (colorScheme) => {
    await page.emulateMedia({ colorScheme });
    await open();
    const ratios = (await page.evaluate(contrasts)) as { text: string; ratio: number }[];
    expect(ratios.length).toBeGreaterThan(100);
    expect(ratios.filter(({ ratio }) => ratio < 4.5)).toEqual([]);
  });
});

/** Pairs of texts of the loop that overlap, and texts that are wider than their box. */
const overlaps = `(() => {
  const texts = [...document.querySelectorAll('.loop text')].filter((text) => text.textContent);
  const boxes = texts.map((text) => ({ text, ...text.getBoundingClientRect().toJSON() }));
  const found = [];
  for (const [i, a] of boxes.entries()) {
    for (const b of boxes.slice(i + 1)) {
      if (a.left < b.right && b.left < a.right && a.top + 2 < b.bottom && b.top + 2 < a.bottom)
        found.push([a.text.textContent, b.text.textContent]);
    }
    const around = a.text.closest('[data-step]')?.querySelector('rect').getBoundingClientRect();
    if (around && (a.left < around.left || a.right > around.right)) found.push(a.text.textContent);
  }
  return found;
})()`;
