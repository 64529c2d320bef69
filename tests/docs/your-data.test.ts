// docs/your-data.md, followed block by block in an empty folder: from files with names of their own to answers
// that differ by customer, and their rate in SQL.
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, it } from '@jest/globals';
import { FollowedPage, until } from '../support/followed-page.ts';
import { answersByWhatTheyBought, hasTheRate, rowsOf } from '../support/followed-shop.ts';
import { describeOnInfra, startInfra } from '../support/infra.ts';
import type { Run } from '../support/millrace.ts';

const minute = 60_000;
const begun = performance.now();
const page = new FollowedPage('docs/your-data.md', {
  TOPIC_PREFIX: `shop-${randomUUID().slice(0, 8)}.`,
});
let running: Run | undefined;

afterAll(async () => {
  running?.child.kill('SIGTERM');
  await running?.ended;
  page.close();
});

describeOnInfra('docs/your-data.md', () => {
  it(
    "begins with a broker and a registry of one's own",
    async () => {
      expect(page.block('export KAFKA_BROKERS')).toMatch(
        /KAFKA_BROKERS=\S+ SCHEMA_REGISTRY_URL=\S+\n$/,
      );
      const { brokers, registryUrl } = await startInfra();
      Object.assign(page.env, {
        KAFKA_BROKERS: [brokers].flat().join(),
        SCHEMA_REGISTRY_URL: registryUrl,
      });
    },
    3 * minute,
  );

  it(
    'makes a mapping of files, as the page shows it',
    async () => {
      await page.follow(page.block('make-shop.ts', '1. Files'));
      const printed = await page.follow(page.block('init --from', '2.'));
      const shown = page.block('shop/events.jsonl', '2.', 'yaml').split('\n').slice(1).join('\n');
      expect(printed).toContain(shown.trimEnd());
      expect(readFileSync(join(page.folder, 'millrace.yaml'), 'utf8')).toBe(printed);
      expect(await page.follow(page.block('map --dry-run', '2.'))).toMatch(
        /read 6924 = mapped 6924 \+ refused 0\n$/,
      );
    },
    3 * minute,
  );

  it(
    'imports the history, and nothing at the second time',
    async () => {
      const sum = page.block('read ', '3.', '').trimEnd();
      const first = await page.follow(page.block('millrace -- import'));
      expect(first.trimEnd().split('\n').at(-1)).toBe(sum);
      expect(await page.follow(page.block('millrace -- import'))).toBe(
        'Nothing is new: read 0 = mapped 0 + refused 0\n',
      );
    },
    5 * minute,
  );

  it(
    'answers each customer by what they bought',
    () => answersByWhatTheyBought(page, (run) => (running = run)),
    6 * minute,
  );

  it(
    'has the rate in SQL, and every row of the history once',
    async () => {
      const accounting = await hasTheRate(page);
      const [row] = await until(
        () => rowsOf(page, accounting),
        ([first]) => Number(first?.lost) === 0,
      );
      expect(row).toMatchObject({ read: 6864, inExamples: 6000, duplicated: 0 });
    },
    4 * minute,
  );

  it('took minutes, not an hour', () => {
    expect((performance.now() - begun) / minute).toBeLessThan(12);
  });
});
