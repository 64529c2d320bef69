// MIND at a size that does not fit the memory of the process that reads it.
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { promisify } from 'node:util';
import { afterAll, expect, it } from '@jest/globals';
import { Random } from '../../models/random.ts';

const folder = mkdtempSync(join(tmpdir(), 'millrace-mind-large-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const PAGES = 40_000;
/** Heap of the reader, MB: pages that are kept whole, as texts alone, need more. */
const HEAP_MB = 64;

async function write(): Promise<void> {
  const random = new Random(20_191_109);
  const news = () => `N${10_000 + random.below(90_000)}`;
  const file = createWriteStream(join(folder, 'behaviors.tsv'));
  for (let page = 1; page <= PAGES; page++) {
    const history = Array.from({ length: 8 }, news).join(' ');
    const items = Array.from({ length: 37 }, (_, at) => `${news()}-${at === 3 ? 1 : 0}`).join(' ');
    const day = 9 + random.below(6);
    const time = `11/${day}/2019 ${1 + random.below(12)}:0${random.below(10)}:00 AM`;
    const line = `${page}\tU${random.below(30_000)}\t${time}\t${history}\t${items}\n`;
    if (!file.write(line)) await once(file, 'drain');
  }
  file.end();
  await finished(file);
  writeFileSync(join(folder, 'news.tsv'), 'N10000\tnews\tus\tTitle\tAbstract\thttp\t[]\t[]\n');
}

it('is sorted and played in bounded memory', async () => {
  await write();
  const mind = new URL('../../datasets/mind.ts', import.meta.url).href;
  const reader = `const { mind } = await import(${JSON.stringify(mind)});
const [folder] = process.argv.slice(1);
await using log = await mind.open(folder, { scratch: folder + '/scratch' });
const counts = {};
let last = -Infinity;
for await (const { kind, at } of log.steps()) {
  if (at < last) throw new Error('a step goes back in time');
  last = at;
  counts[kind] = (counts[kind] ?? 0) + 1;
}
console.log(JSON.stringify({ rows: log.rows, ...counts }));`;
  const { stdout } = await promisify(execFile)(process.execPath, [
    ...[`--max-old-space-size=${HEAP_MB}`, '--no-warnings', '--input-type=module'],
    ...['-e', reader, folder],
  ]);
  const { rows, impression, click } = JSON.parse(stdout) as Record<string, number>;
  expect([rows, impression]).toEqual([PAGES, PAGES]);
  // One click a page, and the history of each user once.
  expect((click! - PAGES) % 8).toBe(0);
  expect(click! - PAGES).toBeGreaterThan(8 * 20_000);
}, 180_000);
