// Episodes in which nothing is shown twice: by hand, and on the fixture of Coat.
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { longHorizon } from '../../evaluate/long-horizon.ts';
import { bestPossible, episode, fixedChooser } from '../../models/evaluation/long-horizon.ts';

const folder = join(import.meta.dirname, '../datasets/fixtures/coat');
const run = (seed: number) =>
  longHorizon.run({
    ...{ dataset: 'coat', folder, seed, campaign: '' },
    config: { partsDir: '', llm: { roles: {} } },
    signal: new AbortController().signal,
    progress: () => {},
  });

describe('an episode', () => {
  it('shows the best that was not shown yet, and tells what came of it', () => {
    const told: [number, number][] = [];
    const scores = [1, 3, 3, 2];
    const chooser = {
      scores: () => scores,
      learn: (item: number, reward: number) => void told.push([item, reward]),
    };
    expect(episode([10, 20, 30, 40], chooser, 3)).toBe(90);
    expect(told).toEqual([
      [1, 20],
      [2, 30],
      [3, 40],
    ]);
    expect(episode([10, 20], fixedChooser([0, 1]), 30)).toBe(30);
  });

  it('can earn no more than the best in hindsight', () => {
    const { value, standardError } = bestPossible(
      [
        [1, 5, 3],
        [4, 2, 2],
      ],
      2,
    );
    expect(value).toBe(7);
    expect(standardError).toBe(1);
  });
});

describe('millrace evaluate long-horizon', () => {
  it('judges every model on every user, the same from the same seed', async () => {
    const evaluation = await run(1);
    expect(evaluation).toMatchObject({ protocol: 'long-horizon', dataset: 'coat', n: 3, seed: 1 });
    expect(evaluation.rows.map(({ model }) => model)).toEqual([
      'millrace',
      'millrace, beforehand alone',
      'item mean, shrunk',
      'popularity',
      'item-knn',
      'last action',
      'uniform',
      'best fixed list, in hindsight',
      'best possible, in hindsight',
    ]);
    // Four items, so thirty steps show them all: 11, 10 and 11 stars.
    for (const { metric, span, value } of evaluation.rows) {
      expect([metric, span, value]).toEqual(['reward', 'all', 32 / 3]);
    }
    expect(await run(1)).toEqual(evaluation);
  });
});
