// What intents are worth, on values worked out by hand.
import { describe, expect, it } from '@jest/globals';
import { coverageRows, IntentGain } from '../../../models/evaluation/intent-gain.ts';
import { loggedExample } from '../../../models/evaluation/logged-example.ts';
import { ndcg } from '../../../models/metrics/ranking.ts';
import type { DecisionContext, LearningPolicy } from '../../../models/policy.ts';
import { newUser } from '../../../models/user/track.ts';
import type { Example } from '../../../schemas/topics/examples.ts';

/** Scores by the intent it is told, and remembers what it learned. */
function learner(learned: Example[]): LearningPolicy {
  return {
    name: 'fake',
    version: 0,
    scores: ({ candidates }: DecisionContext) =>
      Float64Array.from(candidates, ({ intent }) => intent ?? 0),
    learn: (example) => learned.push(example),
    save: () => new Uint8Array(),
  };
}

const example = (userId: string, itemId: string, groups: string[]) =>
  loggedExample('line', 1, newUser(userId), [{ itemId, groups, positive: true, reward: 1 }]);
const wish = { wanted: ['Crime'], avoid: [], confidence: 0.5, uncertainty: 0 };

describe('IntentGain', () => {
  it('ranks before it learns, tells one learner the intent, and pairs the gain by user', () => {
    const plain: Example[] = [];
    const informed: Example[] = [];
    const gain = new IntentGain(learner(plain), learner(informed));
    const others = Array.from({ length: 19 }, (_, i) => ({ itemId: `o${i}`, groups: ['War'] }));
    gain.take(example('u', 'a', ['Crime']), { wishes: { it: wish }, told: 'it' }, others);
    gain.take(example('v', 'b', ['War']), undefined, []);
    const even = ndcg({ first: 1, ties: 19 });
    const row = (model: string, metric: string) =>
      gain.rows().find((other) => other.model === model && other.metric === metric)!.value;
    expect(gain.n).toBe(1);
    expect(row('it', 'NDCG@10')).toBe(1);
    expect(row('learner', 'NDCG@10')).toBeCloseTo(even, 12);
    expect(row('random', 'NDCG@10')).toBeCloseTo(even, 12);
    expect(row('learner with intents', 'gain in NDCG@10')).toBeCloseTo(1 - even, 12);
    expect(plain.map(({ items }) => items[0]!.intent)).toEqual([null, null]);
    expect(informed.map(({ items }) => items[0]!.intent)).toEqual([0.5, null]);
  });
});

it('coverageRows: the mean error of the surest, with the threshold that covers them', () => {
  const verdict = (value: number, error: number) => ({
    error,
    uncertainty: { entropy: value, orders: 1 - value, samples: 0, overall: value },
  });
  const rows = coverageRows([verdict(0.4, 1), verdict(0.1, 0), verdict(0.2, 0), verdict(0.3, 1)]);
  const of = (way: string) =>
    rows
      .filter(({ model }) => model === `uncertainty: ${way}`)
      .map(({ metric, value }) => [metric, value]);
  expect(of('entropy')).toEqual([
    ['error at 25 %, below 0.100', 0],
    ['error at 50 %, below 0.200', 0],
    ['error at 75 %, below 0.300', expect.closeTo(1 / 3, 12)],
    ['error at 100 %, below 0.400', 0.5],
  ]);
  expect(of('orders')[0]).toEqual(['error at 25 %, below 0.600', 1]);
});
