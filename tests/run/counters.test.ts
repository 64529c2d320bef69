// The clock of a run: it goes on while the run does, and stands once it is done.
import { expect, it } from '@jest/globals';
import { Counters } from '../../app/counters.ts';

it('stands once the run is done, and goes on when it serves again', () => {
  const pipeline = { stages: [], enrichers: [], tables: { isFedBy: () => false } } as never;
  using counters = new Counters({ pipeline, started: performance.now() - 5_000 });
  const first = counters.seconds;
  expect(first).toBeGreaterThanOrEqual(5);
  for (const until = performance.now() + 2; performance.now() < until; );
  expect(counters.seconds).toBeGreaterThan(first);
  counters.phase = 'done';
  const took = counters.seconds;
  for (const until = performance.now() + 2; performance.now() < until; );
  expect(counters.seconds).toBe(took);
  expect(counters.snapshot()).toMatchObject({ phase: 'done', seconds: Math.round(took * 10) / 10 });
  counters.phase = 'serving';
  expect(counters.seconds).toBeGreaterThan(took);
});
