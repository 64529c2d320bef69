import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, it } from '@jest/globals';
import type { AnyTopic } from '../../schemas/topic.ts';
import { examples } from '../../schemas/topics/examples.ts';
import { impressions } from '../../schemas/topics/impressions.ts';
import { predictions } from '../../schemas/topics/predictions.ts';
import { snapshots } from '../../schemas/topics/snapshots.ts';
import type { MemoryRuntime } from '../../streams/engine/memory-runtime.ts';
import { memoryLoop } from '../support/memory-loop.ts';

const rows = 6_000;

function digest(runtime: MemoryRuntime, topic: AnyTopic): string {
  const hash = createHash('sha256');
  for (const bytes of runtime.bytes(topic)) hash.update(bytes);
  return hash.digest('hex');
}

describe('the whole loop in memory', () => {
  let first: MemoryRuntime;
  beforeAll(async () => {
    first = await memoryLoop({ rows, salt: 'one' });
  }, 60_000);

  it('accounts for every row of the log once', () => {
    const shown = first
      .events(examples)
      .filter(({ servedBy }) => servedBy === 'logged')
      .flatMap(({ impressionId, items }) =>
        items.map(({ position }) => `${impressionId}/${position}`),
      );
    expect(shown).toHaveLength(rows);
    expect(new Set(shown).size).toBe(rows);
  });

  it('serves slates of ten from a hundred candidates or more, with propensities of the draw', () => {
    const served = first.events(impressions).filter(({ servedBy }) => servedBy === 'served');
    expect(served.length).toBeGreaterThan(10);
    for (const { items, candidateCount, slateLogProb, variants, variant } of served) {
      expect(items).toHaveLength(10);
      expect(new Set(items.map(({ itemId }) => itemId)).size).toBe(10);
      expect(candidateCount).toBeGreaterThanOrEqual(100);
      const logs = items.map(({ propensity }) => Math.log(propensity));
      expect(slateLogProb).toBeCloseTo(
        logs.reduce((sum, log) => sum + log, 0),
        9,
      );
      const own = variants.indexOf(variant);
      for (const { propensity, targetPropensities } of items)
        expect(targetPropensities[own]).toBeCloseTo(propensity, 12);
    }
  });

  it('predicts every logged example before it learns from it', () => {
    const versions = first
      .events(predictions)
      .filter(({ models }) => models[0] === 'millrace')
      .map(({ version }) => version);
    const logged = first.events(examples).filter(({ servedBy }) => servedBy === 'logged');
    expect(versions.length).toBeGreaterThan(logged.length);
    expect(versions).toEqual(versions.map((_, index) => index));
  });

  it('gives the same bytes when it runs again', async () => {
    const second = await memoryLoop({ rows, salt: 'one' });
    for (const topic of [impressions, examples, predictions, snapshots]) {
      expect([topic.name, digest(second, topic)]).toEqual([topic.name, digest(first, topic)]);
    }
  }, 60_000);

  it('decides otherwise with another seed', async () => {
    const other = await memoryLoop({ rows, salt: 'two' });
    expect(digest(other, impressions)).not.toBe(digest(first, impressions));
  }, 60_000);
});
