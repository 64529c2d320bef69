// Check-ins and courses through the streams: a log is replayed, somebody new comes, what is served is
// answered, and every slate becomes an example with its reward.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { datasets } from '../../datasets/index.ts';
import { topics } from '../../schemas/index.ts';
import { loggedImpression } from '../../schemas/logged-events.ts';
import { requestOf } from '../../schemas/request-border.ts';
import { clicks } from '../../schemas/topics/clicks.ts';
import { deadLetters } from '../../schemas/topics/dead-letters.ts';
import { examples } from '../../schemas/topics/examples.ts';
import { impressions } from '../../schemas/topics/impressions.ts';
import { items } from '../../schemas/topics/items.ts';
import { requests } from '../../schemas/topics/requests.ts';
import { rewards } from '../../schemas/topics/rewards.ts';
import { userStates } from '../../schemas/topics/user-state.ts';
import { MemoryRuntime } from '../../streams/engine/memory-runtime.ts';
import { serveDefaults } from '../../streams/serve/stage.ts';
import { mainTopology } from '../../streams/topology.ts';
import { clickOf } from '../support/events.ts';

const fixtures = join(import.meta.dirname, '../datasets/fixtures');
const DAY_MS = 86_400_000;
let scratch: string;
beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'millrace-domains-'));
});
afterAll(() => rm(scratch, { recursive: true, force: true }));

it.each([
  // Readable rows that are no repeats, those of one user among them, and distinct items.
  { name: 'foursquare', folder: 'foursquare-tsmc', logged: 5, user: '7', own: 3, catalogue: 3 },
  { name: 'foursquare-nyc', folder: 'foursquare-nyc', logged: 4, user: '3', own: 3, catalogue: 2 },
  { name: 'coco', folder: 'coco', logged: 7, user: '2', own: 4, catalogue: 3 },
  { name: 'cnpc', folder: 'cnpc', logged: 8, user: '0', own: 3, catalogue: 3 },
] as const)('$name: replay, decision, reward', async ({ name, folder, logged, ...known }) => {
  const dataset = datasets[name];
  const attributionWindowMs = dataset.attributionWindowMs;
  const serve = { ...serveDefaults, attributionWindowMs, servedWindowMs: 60_000 };
  const runtime = new MemoryRuntime(mainTopology({ serve }), { topics });
  for await (const item of dataset.items(join(fixtures, folder))) runtime.send(items, item);
  await using log = await dataset.open(join(fixtures, folder), { scratch });
  let end = 0;
  for await (const step of log.steps()) {
    if (step.kind === 'impression') runtime.send(impressions, step.impression);
    if (step.kind === 'click') runtime.send(clicks, step.click);
    end = step.at;
  }
  const at = end + DAY_MS;
  runtime.send(
    requests,
    requestOf({ requestId: 'first', userId: 'new', at, k: 2, surface: 'test' }),
  );
  runtime.drain();

  const served = runtime.events(impressions).filter(({ servedBy }) => servedBy === 'served');
  expect(served).toHaveLength(1);
  const [{ impressionId, items: slate }] = served as [(typeof served)[number]];
  expect(slate).toHaveLength(2);
  const catalogue = new Set(runtime.events(items).map(({ itemId }) => itemId));
  expect(catalogue.size).toBe(known.catalogue);
  expect(slate.every(({ itemId }) => catalogue.has(itemId))).toBe(true);

  // The second of the slate is taken; then time moves on until its window is over.
  runtime.send(clicks, clickOf('taken', impressionId, 'new', slate[1]!.itemId, at + 1000));
  const later = { impressionId: 'end', userId: 'end', at: at + DAY_MS };
  runtime.send(impressions, loggedImpression(later, []));
  runtime.drain();

  expect(runtime.events(deadLetters)).toEqual([]);
  const made = runtime.events(examples).filter((example) => example.items.length > 0);
  expect(made).toHaveLength(logged + 1);
  const answer = made.find((example) => example.impressionId === impressionId)!;
  expect(answer.items.map(({ positive, reward }) => [positive, reward])).toEqual([
    [false, 0],
    [true, 1],
  ]);
  // Every logged check-in or course is its own click: a reward of 1 each, and one for what was served.
  const sum = runtime.events(rewards).reduce((total, { value }) => total + value, 0);
  expect(sum).toBe(logged + 1);
  const stateOf = (user: string) =>
    runtime.events(userStates).findLast(({ userId }) => userId === user)!;
  expect(stateOf(known.user).positives).toBe(known.own);
  expect(stateOf('new').positives).toBe(1);
});
