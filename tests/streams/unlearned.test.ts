// Before the first snapshot of a policy: what people liked so far is shown more, and nothing is at random.
import { describe, expect, it } from '@jest/globals';
import { topics } from '../../schemas/index.ts';
import { requestOf } from '../../schemas/request-border.ts';
import { clicks } from '../../schemas/topics/clicks.ts';
import { impressions } from '../../schemas/topics/impressions.ts';
import { items } from '../../schemas/topics/items.ts';
import { requests } from '../../schemas/topics/requests.ts';
import { MemoryRuntime } from '../../streams/engine/memory-runtime.ts';
import { RecentLikes } from '../../streams/serve/recent-likes.ts';
import { mainTopology } from '../../streams/topology.ts';
import { clickOf, impressionOf, itemOf } from '../support/events.ts';

const n = 10;
const catalogue = Array.from({ length: n }, (_, i) => `x${i}`);

/** One item asked for by each of so many users who were never seen; the first item of each slate. */
function served(runtime: MemoryRuntime, count: number, at: number) {
  for (let i = 0; i < count; i++) {
    const request = { requestId: `r${at}-${i}`, userId: `new-${at}-${i}`, at: at + i, k: 1 };
    runtime.send(requests, requestOf({ ...request, surface: 'test' }));
  }
  runtime.drain();
  return runtime
    .events(impressions)
    .filter(({ requestId }) => requestId?.startsWith(`r${at}-`))
    .map(({ policy, version, items: [first] }) => ({ policy, version, ...first! }));
}

/** By the exploration of the default variant: temperature .2, floor .05. */
const probability = (likes: number, all: readonly number[]) =>
  (0.95 * (1 + likes) ** 5) / all.reduce((sum, one) => sum + (1 + one) ** 5, 0) + 0.05 / n;

it('is popularity, of no likes at first, then of what was liked', () => {
  const runtime = new MemoryRuntime(mainTopology(), { topics });
  for (const itemId of catalogue) runtime.send(items, itemOf(itemId));
  runtime.drain();
  const first = served(runtime, 40, 1_000);
  expect(new Set(first.map(({ policy }) => policy))).toEqual(new Set(['popularity']));
  for (const { propensity } of first) expect(propensity).toBeCloseTo(1 / n, 12);

  // Two people like x3, one x5; a simulator's likes count nothing, nor does what is not liked.
  const answers = [
    clickOf('c0', 'i0', 'u0', 'x3', 2_010),
    clickOf('c1', 'i1', 'u1', 'x3', 2_011),
    clickOf('c2', 'i2', 'u2', 'x5', 2_012),
    clickOf('c3', 'i3', 'u3', 'x7', 2_013, { positive: false }),
    clickOf('c4', 'i4', 'u4', 'x8', 2_014, { source: 'simulated' }),
  ];
  for (const { impressionId, userId, itemId } of answers) {
    runtime.send(impressions, impressionOf(impressionId, userId, 2_000, [itemId]));
  }
  for (const click of answers) runtime.send(clicks, click);
  runtime.drain();
  const likes = catalogue.map((itemId) => ({ x3: 2, x5: 1 })[itemId] ?? 0);
  const then = served(runtime, 200, 3_000);
  for (const { policy, itemId, propensity } of then) {
    expect(policy).toBe('popularity');
    expect(propensity).toBeCloseTo(probability(likes[catalogue.indexOf(itemId)]!, likes), 12);
  }
  const share = then.filter(({ itemId }) => itemId === 'x3').length / then.length;
  expect(share).toBeGreaterThan(0.7); // .83 by the formula
});

describe('likes that are remembered', () => {
  const liked = (itemId: string, positive = true) => ({ itemId, at: 0, positive, value: 1 });
  const [u, v] = [[liked('b'), liked('a'), liked('c', false)], [liked('b')]];

  it('are counted by item, and ranked', () => {
    const likes = new RecentLikes([
      ['u', { recent: u }],
      ['v', { recent: v }],
    ]);
    expect(likes.mostLiked(9)).toEqual(['b', 'a']);
    expect(likes.mostLiked(1)).toEqual(['b']);
    expect(['a', 'b', 'c'].map((itemId) => likes.positives(itemId))).toEqual([1, 2, 0]);
  });

  it('follow a state, as if they were counted anew', () => {
    const likes = new RecentLikes([['u', { recent: u }]]);
    likes.replace(undefined, { recent: v });
    likes.replace({ recent: u }, { recent: [...u.slice(1), liked('c'), liked('c')] });
    expect(likes.mostLiked(9)).toEqual(['c', 'a', 'b']);
    expect(likes.mostLiked(1)).toEqual(['c']);
    expect(likes.positives('b')).toBe(1);
  });
});
