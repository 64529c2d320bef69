// Logs whose times the clock has not passed, replayed by the command line into ClickHouse: one that ended
// minutes ago with a row of years to come among them, and one that lies ahead as a whole.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import type { Summary } from '../../app/demo/summary.ts';
import { millrace } from '../support/millrace.ts';

const folder = mkdtempSync(join(tmpdir(), 'millrace-times-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const minute = 60;
const nowSeconds = Math.floor(Date.now() / 1000);

/** Replays a log of Taobao on topics and tables of its own. @param rows user, item, category, behaviour, s */
async function replayed(name: string, rows: readonly (readonly unknown[])[]) {
  const [log, data] = [join(folder, name), join(folder, `${name}-data`)];
  mkdirSync(log);
  writeFileSync(join(log, 'UserBehavior.csv'), `${rows.map((row) => row.join(',')).join('\n')}\n`);
  const { output, ended } = millrace(['--data-dir', data, 'replay', 'taobao', log, '--json']);
  const code = await ended;
  if (code !== 0) throw new Error(`It ended with ${code}:\n${output.err}`);
  const query = 'select min(at) as first, max(at) as last, count() as n from examples';
  const asked = millrace(['--data-dir', data, 'sql', '--json', query]);
  await asked.ended;
  const [examples] = JSON.parse(asked.output.out) as { first: string; last: string; n: number }[];
  return { summary: JSON.parse(output.out) as Summary, examples: examples! };
}

/** Views of one item a minute by a few users, each bought a minute later. */
const shop = (from: number, views: number) =>
  Array.from({ length: views }, (_, i) => [
    [1 + (i % 5), 100 + (i % 7), 7, 'pv', from + i * minute],
    [1 + (i % 5), 100 + (i % 7), 7, 'buy', from + i * minute + 30],
  ]).flat();

describe('a replay', () => {
  it('of a log that ended a minute ago closes every window; a row of 2033 is a dead letter', async () => {
    const rows = shop(nowSeconds - 61 * minute, 60);
    rows.splice(10, 0, [3, 100, 7, 'pv', 1_990_000_000]);
    const { summary, examples } = await replayed('recent', rows);
    expect(summary.events).toEqual({ read: 121, lost: 0, duplicated: 0 });
    expect(summary.deadLetters).toEqual([
      { origin: 'UserBehavior.csv', code: 'event-ahead', n: 1 },
    ]);
    expect(examples.n).toBe(60);
  }, 300_000);

  it('of a log that lies ahead as a whole is one of its own times', async () => {
    const from = Date.UTC(2198, 10, 30) / 1000;
    const { summary, examples } = await replayed('ahead', shop(from, 60));
    expect(summary.events).toEqual({ read: 120, lost: 0, duplicated: 0 });
    expect(summary.deadLetters).toEqual([]);
    expect(examples).toEqual({
      first: '2198-11-30 00:00:00.000',
      last: '2198-11-30 00:59:00.000',
      n: 60,
    });
  }, 300_000);
});
