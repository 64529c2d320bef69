// Absurd records between good ones: the good ones' outputs are those of a run without, to the byte.
import { expect, it } from '@jest/globals';
import { runInMemory } from '../hostile/in-memory.ts';

it.each([1, 20_261_130])('2,000 absurd records change nothing, seed %d', (seed) => {
  const { refused, differing, missed } = runInMemory(seed, 2_000);
  expect(differing).toEqual([]);
  expect(missed.map(({ topic, key }) => [topic.name, key])).toEqual([]);
  expect(refused).toBeGreaterThan(1_000);
});
