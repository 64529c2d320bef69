// The benchmark of policies: what it measures on a small scale, and what its rows say.
import { describe, expect, it } from '@jest/globals';
import { lifeOf, type StreamLife } from '../../bench/policies/life.ts';
import { better, noBetterThanUniform, rowsOf, tableOf } from '../../bench/policies/rows.ts';

const world = { seed: 3, users: 20, items: 64, requests: 260, k: 4 };

describe('a life in the streams', () => {
  it.each([
    ['millrace', 0],
    ['grpo', 20],
    ['llm-grpo', 0],
  ])(
    '%s earns more than uniform of %d candidates, logs what it draws with, and its log gives it again',
    async (policy, candidates) => {
      const options = { ...world, candidates };
      const [own, chance] = [await lifeOf(policy, options), await lifeOf('uniform', options)];
      expect(own.reward).toBeGreaterThan(chance.reward);
      expect(own.reward).toBeLessThan(own.best);
      expect(own.decided).toBeGreaterThan(0.7);
      expect(own).toMatchObject({ propensityErrors: 0, propensities: 1040, rebuilt: true });
      expect(await lifeOf(policy, options)).toEqual(own);
    },
    60_000,
  );
});

describe('rows', () => {
  const life = (reward: number): StreamLife => ({
    ...{ reward, best: 3, propensityErrors: 0, propensities: 10, rebuilt: true, decided: 1 },
  });
  const lives = new Map([
    ['uniform', [life(1), life(1.2)]],
    ['popularity', [life(1.1), life(1.1)]],
    ['millrace', [life(2), life(2.2)]],
    ['ppo', [life(2.2), life(2.38)]],
    ['grpo', [{ ...life(1), rebuilt: false }, life(0.9)]],
  ]);
  const rows = rowsOf(lives, ['millrace', 'ppo', 'grpo']);

  it('have means over the worlds, and what is between a kind and the default in each of them', () => {
    expect(rows.map(({ kind }) => kind)).toEqual(['ppo', 'millrace', 'grpo']);
    const [ppo, , grpo] = rows;
    expect(ppo!.reward).toBeCloseTo(2.29, 12);
    expect(ppo!.uniform).toBeCloseTo(1.1, 12);
    expect(ppo!.popularity).toBeCloseTo(1.1, 12);
    // Differences .2 and .18: their mean .19, their deviation .01 √2, over √2 worlds.
    expect(ppo!.overDefault.mean).toBeCloseTo(0.19, 12);
    expect(ppo!.overDefault.error).toBeCloseTo(0.01, 12);
    expect([ppo!.rebuilt, grpo!.rebuilt]).toEqual([true, false]);
    expect(ppo!.propensities).toBe(20);
  });

  it('say who is better than the default, and who is no better than chance', () => {
    expect(better(rows)).toEqual(['ppo']);
    expect(noBetterThanUniform(rows)).toEqual(['grpo']);
    expect(tableOf(rows).split('\n')[3]).toContain('NOT equal');
  });
});
