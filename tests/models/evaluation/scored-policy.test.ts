// A policy that only scores, as a predictor of clicks.
import { expect, it } from '@jest/globals';
import { loggedExample } from '../../../models/evaluation/logged-example.ts';
import { ScoredPolicy } from '../../../models/evaluation/scored-policy.ts';
import type { LearningPolicy } from '../../../models/policy.ts';
import { newUser } from '../../../models/user/track.ts';

it('learns what its scores are worth: as often clicked as predicted', () => {
  let learned = 0;
  const policy = {
    name: 'scores',
    scores: ({ candidates }) =>
      Float64Array.from(candidates, ({ itemId }) => (itemId === 'often' ? 9 : 3)),
    learn: () => {
      learned += 1;
    },
  } as Partial<LearningPolicy> as LearningPolicy;
  const scored = new ScoredPolicy(policy);
  expect(scored.name).toBe('scores');
  const example = (i: number) =>
    loggedExample(`${i}`, 0, newUser('u'), [
      { itemId: 'often', groups: [], positive: i % 10 < 8, reward: 1 },
      { itemId: 'seldom', groups: [], positive: i % 10 < 2, reward: 1 },
    ]);
  expect([...scored.predict(example(0))].every((p) => p > 0.9)).toBe(true);
  for (let i = 0; i < 20_000; i++) scored.learn(example(i));
  const [often, seldom] = scored.predict(example(0)) as unknown as [number, number];
  expect(learned).toBe(20_000);
  expect(often).toBeCloseTo(0.8, 1);
  expect(seldom).toBeCloseTo(0.2, 1);
});
