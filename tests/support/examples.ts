// Small made-up examples for tests of policies and learners: seeded, so every run has the same.
import { loggedExample } from '../../models/evaluation/logged-example.ts';
import { Random } from '../../models/random.ts';
import { newUser } from '../../models/user/track.ts';
import type { Example } from '../../schemas/topics/examples.ts';
import type { UserState } from '../../schemas/topics/user-state.ts';

const GROUPS = ['drama', 'comedy', 'war'];
const SLATE = 5;

/**
 * Slates shown to `users` users from `items` items. User u likes item i by whether the parities of
 * both agree, with probability 0.85; that is the interaction a model has to find.
 */
export function madeExamples(n: number, users = 12, items = 30, seed = 1): Example[] {
  const random = new Random(seed);
  const states = new Map<string, UserState>();
  return Array.from({ length: n }, (_, index) => {
    const user = random.below(users);
    const userId = `u${user}`;
    const state = states.get(userId) ?? newUser(userId);
    const at = 1_000_000_000 + index * 60_000;
    const outcomes = Array.from({ length: SLATE }, (_, position) => {
      const item = random.below(items);
      const agree = (item + user) % 2 === 0;
      const positive = random.next() < (agree ? 0.85 : 0.15);
      return {
        itemId: `i${item}`,
        position,
        score: 0,
        propensity: 1 / SLATE,
        similarity: item % 3 === 0 ? null : random.next() * 2 - 1,
        intent: null,
        shadows: [],
        features: [],
        groups: [GROUPS[item % 3]!, item % 2 === 0 ? 'even' : 'odd'],
        positive,
        reward: positive ? 5 : 2,
      };
    });
    states.set(userId, answered(state, outcomes, at));
    return toExample(index, state, at, outcomes);
  });
}

export function toExample(
  index: number,
  state: UserState,
  at: number,
  items: Example['items'],
): Example {
  return { ...loggedExample(`made-${index}`, at, state, items), closedAt: at + 1000 };
}

function answered(state: UserState, items: Example['items'], at: number): UserState {
  const groups = new Map(state.groups.map((taste) => [taste.group, { ...taste }]));
  for (const { groups: names, positive, reward } of items) {
    for (const group of names) {
      const taste = groups.get(group) ?? { group, feedbacks: 0, positives: 0, valueSum: 0 };
      taste.feedbacks += 1;
      taste.positives += positive ? 1 : 0;
      taste.valueSum += reward;
      groups.set(group, taste);
    }
  }
  const recent = items.map(({ itemId, positive, reward }) => ({
    itemId,
    at,
    positive,
    value: reward,
  }));
  return {
    ...state,
    at,
    feedbacks: state.feedbacks + items.length,
    positives: state.positives + items.filter(({ positive }) => positive).length,
    valueSum: state.valueSum + items.reduce((sum, { reward }) => sum + reward, 0),
    impressions: state.impressions + 1,
    recent: [...state.recent, ...recent].slice(-20),
    groups: [...groups.values()],
  };
}
