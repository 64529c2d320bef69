// Explanations are rated: what the page shows, what comes in, and what does not.
import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { Browser } from 'playwright-core';
import type { Rating, ShownExplanation } from '../../infra/http/explanations.ts';
import type { Listening } from '../../infra/http/listen.ts';
import { serveDashboard } from '../../infra/http/server.ts';
import { browserPath, launchBrowser } from './browser.ts';
import { fakeState } from './fake-state.ts';

jest.setTimeout(60_000);
const hash = '0123456789abcdef0123456789abcdef';
const shown = (n: number, title: string): ShownExplanation => ({
  hash: hash.slice(0, 31) + n,
  title,
  text: `You liked Casino (1995); this movie shares Crime with it. (${n})`,
  citedTitles: ['Casino (1995)'],
  citedGroups: ['Crime', '1990s'],
  citedAttributes: n === 1 ? ['year=1995'] : [],
  model: 'fake',
  judgementsByPeople: n === 2 ? 3 : 0,
});

let server: Listening;
let kept: Rating[];
let latest: () => Promise<ShownExplanation[]>;
let judge: (rating: Rating) => Promise<void>;

beforeAll(async () => {
  server = await serveDashboard({
    state: async () => fakeState(),
    port: 0,
    explanations: { latest: () => latest(), judge: (rating) => judge(rating) },
  });
});

afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

beforeEach(() => {
  kept = [];
  judge = async (rating) => void kept.push(rating);
  latest = async () => [shown(1, 'Heat (1995)'), shown(2, '<b onclick="x()">Up</b>')];
});

const rating = { hash, by: 'Ann', marks: { helpful: 4, true: 5, clear: 3 } };

function post(body: unknown, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${server.url}/api/judgements`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: server.url, ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
}

describe('a rating', () => {
  it('from the own page is kept', async () => {
    expect((await post(rating)).status).toBe(201);
    expect((await post({ hash, marks: rating.marks })).status).toBe(201);
    expect(kept).toEqual([rating, { ...rating, by: '' }]);
  });

  it.each([
    [403, { origin: 'http://evil.example' }],
    [403, { origin: 'null' }],
    [403, { origin: '' }],
    [403, { origin: 'http://127.0.0.1:1' }],
    [403, { 'sec-fetch-site': 'cross-site' }],
    [403, { 'sec-fetch-site': 'same-site' }],
    [415, { 'content-type': 'text/plain' }],
    [415, { 'content-type': 'application/x-www-form-urlencoded' }],
  ])('from elsewhere or as a form is refused: %i %j', async (status, headers) => {
    expect((await post(rating, headers as Record<string, string>)).status).toBe(status);
    expect(kept).toEqual([]);
  });

  it.each([
    ['no JSON', '{"hash":'],
    ['no hash', { marks: rating.marks }],
    ['a hash that is none', { ...rating, hash: "x' or 1=1" }],
    ['a mark out of bounds', { ...rating, marks: { ...rating.marks, true: 6 } }],
    ['half a mark', { ...rating, marks: { ...rating.marks, true: 2.5 } }],
    ['a mark missing', { ...rating, marks: { helpful: 1, true: 1 } }],
    ['more than is asked for', { ...rating, judge: 'model' }],
    ['a long name', { ...rating, by: 'x'.repeat(61) }],
  ])('with %s is refused', async (_, body) => {
    expect((await post(body)).status).toBe(400);
    expect(kept).toEqual([]);
  });

  it('that is too long is not even read', async () => {
    expect((await post({ ...rating, by: 'x'.repeat(4_000) })).status).toBe(413);
    expect(kept).toEqual([]);
  });

  it('that could not be kept is said to be so', async () => {
    judge = () => Promise.reject(new Error('no broker'));
    expect((await post(rating)).status).toBe(503);
  });
});

it('is not asked for where nothing could be kept', async () => {
  await using plain = await serveDashboard({ state: async () => fakeState(), port: 0 });
  expect((await fetch(`${plain.url}/explanations`)).status).toBe(404);
  expect((await fetch(`${plain.url}/api/judgements`, { method: 'POST' })).status).toBe(404);
});

const describePage = browserPath ? describe : describe.skip;

describePage('the page of explanations', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterAll(async () => {
    await browser?.close();
  });

  it('shows the reasons with what they cite, and sends three marks', async () => {
    const page = await browser.newPage();
    const complaints: string[] = [];
    page.on('console', (message) => void complaints.push(message.text()));
    page.on('pageerror', (error) => void complaints.push(String(error)));
    await page.goto(`${server.url}/explanations`);
    const first = page.locator('.reason').first();
    expect(await first.locator('h2').textContent()).toBe('Heat (1995)');
    expect(await first.locator('dd').allTextContents()).toEqual([
      'Casino (1995)',
      'Crime, 1990s',
      'year=1995',
    ]);
    expect(await page.locator('.reason h2').nth(1).textContent()).toBe('<b onclick="x()">Up</b>');
    await page.fill('#by', 'Ann');
    const send = first.locator('button');
    for (const [aspect, mark] of Object.entries(rating.marks)) {
      expect(await send.isDisabled()).toBe(true);
      await first.locator(`input[data-aspect=${aspect}][value="${mark}"]`).check();
    }
    await send.click();
    await first.locator('.said', { hasText: 'Kept' }).waitFor();
    expect(kept).toEqual([{ ...rating, hash: shown(1, '').hash }]);
    expect(complaints).toEqual([]);
  });

  it('says what is wrong', async () => {
    latest = () => Promise.reject(new Error('no engine'));
    const page = await browser.newPage();
    await page.goto(`${server.url}/explanations`);
    await page.locator('#trouble', { hasText: 'no engine' }).waitFor();
    latest = async () => [];
    await page.reload();
    await page.locator('#empty', { hasText: 'No explanation yet' }).waitFor();
  });
});
