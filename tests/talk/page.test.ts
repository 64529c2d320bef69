// The page on which people talk, in a browser and past it.
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { openTalk } from '../../app/talk/open.ts';
import { talkPage } from '../../app/talk/page.ts';
import type { Listening } from '../../infra/http/listen.ts';
import { serveTalk } from '../../infra/http/talk-server.ts';
import { browserPath, launchBrowser } from '../http/browser.ts';

jest.setTimeout(60_000);
let server: Listening;
let now = 0;

beforeAll(async () => {
  const talk = await openTalk('movielens');
  const answer = talkPage(talk, () => now, { questions: 0 });
  server = await serveTalk({ answer, host: '127.0.0.1', port: 0 });
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

function say(text: unknown, session = 'session-1', headers: Record<string, string> = {}) {
  return fetch(`${server.url}/api/talk`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: server.url, ...headers },
    body: JSON.stringify({ session, text }),
  });
}

describe('a turn of the page', () => {
  it('goes on with its dialogue, and begins anew after half an hour', async () => {
    const first = await (await say('I loved The Matrix, no horror')).json();
    expect(first).toMatchObject({ act: 'recommend', items: expect.any(Array) });
    const why = await (await say('why?')).json();
    expect(why).toMatchObject({ act: 'explain', items: (first as { items: string[] }).items });
    expect(await (await say('why?', 'session-2')).json()).toMatchObject({ items: [] });
    now += 30 * 60_000;
    expect(await (await say('why?')).json()).toMatchObject({ items: [] });
  });

  it.each([
    ['of another site', ['hi', 'session-1', { origin: 'http://other.example' }], 403],
    ['without a text', ['', 'session-1'], 400],
    ['without a session', ['hi', ''], 400],
    ['that is no JSON', ['hi', 'session-1', { 'content-type': 'text/plain' }], 415],
  ] as const)('%s is refused', async (_what, [text, session, headers], status) => {
    expect((await say(text, session, { ...headers })).status).toBe(status);
  });
});

(browserPath ? describe : describe.skip)('the page', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterAll(() => browser.close());

  it('shows the dialogue with what is recommended', async () => {
    const page = await browser.newPage();
    await page.goto(`${server.url}/talk`);
    await page.fill('#text', 'I loved Toy Story, a comedy without horror');
    await page.click('button');
    await page.waitForSelector('li[data-by="Millrace"]');
    const films = await page.locator('li[data-by="Millrace"] ul li').allTextContents();
    expect(films).toHaveLength(3);
    expect(films).not.toContain('Toy Story (1995)');
    await page.fill('#text', 'why?');
    await page.press('#text', 'Enter');
    await page.waitForSelector('li[data-by="Millrace"] >> nth=1');
    const texts = await page.locator('li[data-by="Millrace"] > p').allTextContents();
    expect(texts[1]).toContain('people who liked Toy Story (1995) like it');
    await page.close();
  });
});
