// A log that lies ahead of the clock as a whole, through the streams: its own times, every window closed.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { taobao } from '../../datasets/taobao.ts';
import { loggedImpression } from '../../schemas/logged-events.ts';
import { clicks } from '../../schemas/topics/clicks.ts';
import { deadLetters } from '../../schemas/topics/dead-letters.ts';
import { examples } from '../../schemas/topics/examples.ts';
import { impressions } from '../../schemas/topics/impressions.ts';
import { rewards } from '../../schemas/topics/rewards.ts';
import { MemoryRuntime } from '../../streams/engine/memory-runtime.ts';
import { serveDefaults } from '../../streams/serve/stage.ts';
import { mainTopology } from '../../streams/topology.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'millrace-future-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** The last day that a log may have; its windows close in the year after. */
const day = Date.UTC(2298, 11, 31);
const minute = 60_000;

it.each([2100, 2149, 2200, 2298])('plays in the year %d', async (year) => {
  const shift = Date.UTC(year, 11, 31) - day;
  const at = (minutes: number) => day + shift + minutes * minute;
  const rows = Array.from({ length: 30 }, (_, i) => [
    [i % 3, 100 + i, 7, 'pv', at(i) / 1000],
    [i % 3, 100 + i, 7, 'buy', at(i + 20) / 1000],
  ]).flat();
  await writeFile(join(folder, 'UserBehavior.csv'), rows.map((row) => row.join(',')).join('\n'));
  await using log = await taobao.open(folder, { scratch: join(folder, 'scratch') });
  const windowMs = taobao.attributionWindowMs;
  const runtime = new MemoryRuntime(
    mainTopology({ serve: { ...serveDefaults, attributionWindowMs: windowMs } }),
  );
  for await (const step of log.steps()) {
    if (step.kind === 'impression') runtime.send(impressions, step.impression);
    if (step.kind === 'click') runtime.send(clicks, step.click);
    if (step.kind === 'dead') throw new Error(step.deadLetter.reason);
    if (step.kind !== 'end') continue;
    const end = { impressionId: 'end', userId: 'end', at: step.at + windowMs };
    runtime.send(impressions, loggedImpression(end, []));
  }
  runtime.drain();
  expect(runtime.events(deadLetters)).toEqual([]);
  expect(runtime.events(rewards)).toHaveLength(30);
  const made = runtime.events(examples);
  expect(made).toHaveLength(30);
  expect(made.map((example) => example.at).sort((a, b) => a - b)).toEqual(
    Array.from({ length: 30 }, (_, i) => at(i)),
  );
  expect(made.every(({ items }) => items.every(({ positive }) => positive))).toBe(true);
});
