// The section of docs/your-data.md on topics, followed block by block in an empty folder: from JSON on topics with
// names of their own to answers that differ by customer, and their rate in SQL.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { FollowedPage, until } from '../support/followed-page.ts';
import { answersByWhatTheyBought, hasTheRate, rowsOf } from '../support/followed-shop.ts';
import { describeOnInfra, startInfra } from '../support/infra.ts';
import type { Run } from '../support/millrace.ts';

const minute = 60_000;
const begun = performance.now();
const own = `shop${randomUUID().slice(0, 8)}.`;
const page = new FollowedPage('docs/your-data.md', { TOPIC_PREFIX: `m-${own}` });
// The broker is that of other tests, too.
for (const topic of ['products', 'views', 'purchases']) {
  page.instead.set(`shop.${topic}`, `${own}${topic}`);
}
page.instead.set('fill-topics.ts shop shop.', `fill-topics.ts shop ${own}`);
let running: Run | undefined;

beforeAll(async () => {
  const { brokers, registryUrl } = await startInfra();
  Object.assign(page.env, {
    KAFKA_BROKERS: [brokers].flat().join(),
    SCHEMA_REGISTRY_URL: registryUrl,
  });
}, 3 * minute);

afterAll(async () => {
  running?.child.kill('SIGTERM');
  await running?.ended;
  page.close();
});

describeOnInfra('docs/your-data.md, by topics', () => {
  it(
    'makes a mapping of topics, as the page shows it',
    async () => {
      expect(await page.follow(page.block('fill-topics.ts', 'Topics'))).toContain(
        `6000 records in ${own}views\n`,
      );
      const printed = await page.follow(page.block('init --from', 'Topics'));
      expect(printed).toContain(page.own(page.block('topic: shop.views', 'Topics', 'yaml')));
      // The last 500 records of each are looked at; the catalogue has 60.
      expect(printed).toMatch(/read 1060 = mapped 1060 \+ refused 0\n$/);
    },
    3 * minute,
  );

  it(
    'answers each customer by what they bought',
    () => answersByWhatTheyBought(page, (run) => (running = run)),
    6 * minute,
  );

  it(
    'has the rate in SQL, and every purchase beside the view that it answers',
    async () => {
      await hasTheRate(page);
      const joined = 'select count() as n, uniqExact(clickId) as ids from rewards';
      const bought = 'select count() as n from clicks';
      const count = (sql: string) => rowsOf(page, `npm run millrace -- sql "${sql}"`);
      const [all] = await count(bought);
      const [row] = await until(
        () => count(joined),
        ([first]) => Number(first?.n) >= Number(all!.n),
      );
      // One more than the log has: it was sent over HTTP.
      expect([Number(all!.n), Number(row!.n), Number(row!.ids)]).toEqual([865, 865, 865]);
    },
    4 * minute,
  );

  it('took minutes, not an hour', () => {
    expect((performance.now() - begun) / minute).toBeLessThan(12);
  });
});
