// `promote` counts examples, `millrace experiment` reads ClickHouse: of the same slates both know the same.
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { readExperiment } from '../../app/experiment/read.ts';
import { queryOnce } from '../../infra/clickhouse/query-once.ts';
import { createViews } from '../../infra/clickhouse/views.ts';
import { answeredExample } from '../../models/attribution.ts';
import { loggedExample } from '../../models/evaluation/logged-example.ts';
import { ExperimentState } from '../../models/experiment/experiment-state.ts';
import { Random } from '../../models/random.ts';
import { newUser, trackClick } from '../../models/user/track.ts';
import { loggedClick, loggedImpression } from '../../schemas/logged-events.ts';
import type { Click } from '../../schemas/topics/clicks.ts';
import type { Example } from '../../schemas/topics/examples.ts';
import { openTestWarehouse, type TestWarehouse } from './open.ts';
import { impression, insert, item, reward } from './rows.ts';

const ITEMS = Array.from({ length: 12 }, (_, i) => `i${i}`);
const groupsOf = (itemId: string) => [`g${Number(itemId.slice(1)) % 3}`, 'all'];
const START = Date.UTC(2020, 0, 10);
const clock = (at: number) => new Date(at).toISOString().replace('T', ' ').replace('Z', '');

let opened: TestWarehouse;
const served: Example[] = [];
const logged: Example[] = [];

beforeAll(async () => {
  opened = await openTestWarehouse();
  const { warehouse } = opened;
  await createViews(warehouse);
  const random = new Random(7);
  const rewards: object[] = [];
  const slates: object[] = [];
  for (let u = 0; u < 40; u++) {
    const userId = `u${u}`;
    let state = newUser(userId);
    for (let n = random.below(4); n > 0; n--) {
      const itemId = ITEMS[random.below(ITEMS.length)]!;
      const at = START - n * 60_000;
      const positive = random.next() < 0.5;
      const shown = { itemId, groups: groupsOf(itemId), positive, reward: 0 };
      logged.push(loggedExample(`log-${u}-${n}`, at, state, [shown]));
      rewards.push(reward(`log-${u}-${n}`, itemId, positive, { userId, at: clock(at) }));
      const click = loggedClick({ userId, itemId, at, positive, value: 1 });
      state = trackClick(state, click, groupsOf(itemId));
    }
    const variant = random.below(2) === 0 ? 'new' : 'old';
    for (let n = 0; n < 1 + random.below(3); n++) {
      const at = START + (u * 3 + n) * 1000;
      const items = [0, 1].map(() => ITEMS[random.below(ITEMS.length)]!);
      if (items[0] === items[1]) continue;
      const outcomes = items.map((itemId) => ({
        ...{ itemId, groups: groupsOf(itemId), reward: 0 },
        positive: random.next() < 0.3,
      }));
      const impressionId = `s-${u}-${n}`;
      const clickOn = (itemId: string, rest: Partial<Click>) =>
        loggedClick({
          ...{ clickId: `${impressionId}-${answers.length}`, impressionId, userId, itemId, at },
          ...rest,
        });
      const answers: Click[] = [];
      for (const { itemId, positive } of outcomes) {
        if (positive) answers.push(clickOn(itemId, {}));
        // A simulator has a say here and there, with a weight or without.
        if (random.next() > 0.5) continue;
        const confidence = random.next() < 0.3 ? 0 : 0.5;
        const like = random.next() < 0.5;
        answers.push(clickOn(itemId, { positive: like, source: 'simulated', confidence }));
      }
      const slate = loggedImpression(
        { impressionId, userId, at, servedBy: 'served', variant },
        items.map((itemId) => ({ itemId })),
      );
      served.push(answeredExample(slate, state, items.map(groupsOf), answers));
      const shown = items.map((id): [string, number, number[]] => [id, 0.5, []]);
      slates.push(
        impression({ impressionId: `s-${u}-${n}`, at: clock(at), userId, variant, shown }),
      );
      for (const { itemId, positive, source, confidence } of answers) {
        const rest = { userId, variant, at: clock(at + 10), source, confidence };
        rewards.push(reward(impressionId, itemId, positive, rest));
      }
    }
  }
  await insert(warehouse, 'impressions', slates as Record<string, unknown>[]);
  await insert(warehouse, 'rewards', rewards as Record<string, unknown>[]);
  const catalogue = ITEMS.map((id) => item(id, id, groupsOf(id)));
  await insert(warehouse, 'items', catalogue);
});

afterAll(async () => {
  await opened[Symbol.asyncDispose]();
});

it.each(['logged', 'simulated'] as const)(
  'an arm has the same users, rewards, covariates and exposure by the stream and by SQL: %s',
  async (outcomes) => {
    const state = new ExperimentState({ outcomes });
    for (const example of logged) state.remember(example);
    for (const example of served) state.remember(example);
    for (const example of served) state.see(example, example.variant === 'new');
    const { arms, chosen } = await readExperiment(
      (query) => queryOnce(query, { warehouse: opened.warehouse }, 'json'),
      outcomes,
    );
    const saved = state.save();
    for (const [i, name] of ['new', 'old'].entries()) {
      const own = saved.arms[i]!;
      const read = arms.get(name)!;
      expect(own.sums[0]).toBeGreaterThan(7);
      expect([...read.moments.sums]).toEqual(own.sums.map((sum) => expect.closeTo(sum, 9)));
      expect(read.items).toEqual(new Map(own.items));
      expect(read.groups).toEqual(new Map(own.groups));
    }
    expect(chosen).toEqual(new Map(saved.chosen));
  },
);
