// What a user is taken to want goes into the decision, and the impression says where it was missing.
import { expect, it } from '@jest/globals';
import { loadLearner } from '../../models/bandit/millrace/learner.ts';
import { loggedExample } from '../../models/evaluation/logged-example.ts';
import { newUser } from '../../models/user/track.ts';
import { requestOf } from '../../schemas/request-border.ts';
import { impressions } from '../../schemas/topics/impressions.ts';
import { type Intent, intents } from '../../schemas/topics/intents.ts';
import { items } from '../../schemas/topics/items.ts';
import { requests } from '../../schemas/topics/requests.ts';
import { MemoryRuntime } from '../../streams/engine/memory-runtime.ts';
import { mainTopology } from '../../streams/topology.ts';
import { itemOf } from '../support/events.ts';

const intentOf = (userId: string, at: number, uncertainty = 0): Intent => ({
  hash: `${userId}-${at}`,
  userId,
  at,
  model: 'fake',
  adapter: 0,
  wanted: ['Crime'],
  avoid: ['War'],
  confidence: 0.5,
  vector: [],
  mood: '',
  constraints: [],
  uncertainty,
  removed: 0,
  latencyMs: 0,
  tokens: 0,
});

function served(known: readonly Intent[], userId = 'u', at = 100) {
  const runtime = new MemoryRuntime(mainTopology());
  const films = { c: ['Crime'], w: ['War', 'Crime'], x: ['Comedy'] };
  for (const [id, groups] of Object.entries(films)) runtime.send(items, { ...itemOf(id), groups });
  for (const intent of known) runtime.send(intents, intent);
  const request = {
    requestId: 'r',
    userId,
    at,
    k: 3,
    surface: 'home',
    candidates: ['c', 'w', 'x'],
  };
  runtime.send(requests, requestOf(request));
  runtime.drain();
  const [slate] = runtime.events(impressions);
  const matches = Object.fromEntries(slate!.items.map(({ itemId, intent }) => [itemId, intent]));
  return { matches, missing: slate!.missing.includes('intent'), adapter: slate!.adapter };
}

it('is wanted minus avoided, times confidence, for each candidate', () => {
  expect(served([intentOf('u', 50)])).toEqual({
    matches: { c: 0.5, w: 0, x: 0 },
    missing: false,
    adapter: 0,
  });
});

it('says with which adapter of the language model the intent was made, where it is used', () => {
  const tuned = { ...intentOf('u', 50), adapter: 4 };
  expect(served([tuned]).adapter).toBe(4);
  expect(served([{ ...tuned, uncertainty: 0.99 }]).adapter).toBe(0);
});

it('is missing of other users, of later times and of uncertain readings', () => {
  const none = { c: null, w: null, x: null };
  expect(served([intentOf('other', 50)])).toEqual({ matches: none, missing: true, adapter: 0 });
  expect(served([intentOf('u', 101)])).toEqual({ matches: none, missing: true, adapter: 0 });
  expect(served([intentOf('u', 50, 0.99)])).toEqual({ matches: none, missing: true, adapter: 0 });
});

it('is not said to be missing where nobody reasons', () => {
  expect(served([])).toEqual({
    matches: { c: null, w: null, x: null },
    missing: false,
    adapter: 0,
  });
});

it('is of the latest reading, whatever the order they arrive in', () => {
  const later = { ...intentOf('u', 60), wanted: ['Comedy'], avoid: [] };
  const expected = { c: 0, w: 0, x: 0.5 };
  expect(served([intentOf('u', 50), later]).matches).toEqual(expected);
  expect(served([later, intentOf('u', 50)]).matches).toEqual(expected);
});

it('is learned: what fits is scored higher once clicks have followed it', () => {
  const learner = loadLearner();
  const item = (itemId: string, intent: number, positive: boolean) => ({
    ...{ itemId, intent, groups: [], positive },
    reward: positive ? 1 : 0,
  });
  const example = (n: number) =>
    loggedExample(`i${n}`, n, newUser(`u${n}`), [
      item(`a${n}`, 0.8, n % 5 !== 0),
      item(`b${n}`, -0.8, n % 5 === 0),
    ]);
  for (let n = 0; n < 300; n++) learner.learn(example(n));
  const reloaded = loadLearner(learner.save());
  const candidate = (itemId: string, intent: number | null) => ({
    itemId,
    groups: [],
    similarity: null,
    intent,
  });
  const candidates = [candidate('x', 0.8), candidate('y', null), candidate('z', -0.8)];
  const [fits, unknown, not] = reloaded.scores({ at: 301, k: 1, state: newUser('v'), candidates });
  expect(fits!).toBeGreaterThan(unknown! + 0.5);
  expect(unknown!).toBeGreaterThan(not! + 0.5);
});
