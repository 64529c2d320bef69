// The steps of docs/your-data.md that are the same for files and for topics: serving, and the rate in SQL.
import { expect } from '@jest/globals';
import { type FollowedPage, until } from './followed-page.ts';
import { type Run, said } from './millrace.ts';

interface Slate {
  impressionId: string;
  version: number;
  items: { itemId: string; propensity: number }[];
}

/** Runs it, and asks until each customer is answered by what they bought. */
export async function answersByWhatTheyBought(
  page: FollowedPage,
  onRunning: (run: Run) => void,
): Promise<void> {
  const running = page.shell(`exec ${page.block('millrace -- run')}`);
  onRunning(running);
  const [, address] = await said(running, /HTTP: (http:\S+?)\/v1/);
  // A port that is taken is stepped over.
  page.instead.set('http://127.0.0.1:8090', address!);
  const ask = page.block('/v1/recommend');
  const recommend = async (text: string) => JSON.parse(await page.follow(text)) as Slate;
  // The log has 6,000 slates; the last windows are closed by what comes later.
  await until(
    () => recommend(ask),
    ({ version }) => version >= 5_000,
  );
  const shares = await Promise.all(
    Array.from({ length: 40 }, async (_, who) => {
      const { items } = await recommend(
        ask.replace('customer-3', `customer-${who}`).replace('answer.json', '/dev/null'),
      );
      const own = items.filter(({ itemId }) => (Number(itemId.slice(1)) - 100) % 4 === who % 4);
      return own.length / items.length;
    }),
  );
  // By chance a quarter of a slate is of the department, one of four, that a customer buys in.
  const share = shares.reduce((sum, one) => sum + one, 0) / shares.length;
  expect(share).toBeGreaterThan(0.45);
  const slate = await recommend(ask);
  expect(slate.items).toHaveLength(5);
  for (const { propensity } of slate.items) expect(propensity).toBeGreaterThan(0);
}

/** Rows of a statement. */
export async function rowsOf(page: FollowedPage, text: string): Promise<Record<string, number>[]> {
  return JSON.parse(await page.follow(text.replace(' sql ', ' sql --json ')));
}

/** Buys the first item of the last answer, and looks for it in the rate. @returns the other statement of the page */
export async function hasTheRate(page: FollowedPage): Promise<string> {
  await page.follow(page.block('/v1/feedback'));
  const [rate, accounting] = page.block('ctr_by_variant').trimEnd().split('\n');
  const [served] = await until(
    () => rowsOf(page, rate!),
    ([first]) => Number(first?.clicks) > 0,
  );
  expect(Number(served!.clicks)).toBe(1);
  expect(Number(served!.ctr)).toBeCloseTo(1 / Number(served!.shown), 10);
  return accounting!;
}
