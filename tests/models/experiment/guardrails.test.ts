// What a candidate may not break, worked out by hand.
import { describe, expect, it } from '@jest/globals';
import {
  type Exposure,
  effectiveItems,
  guardrails,
} from '../../../models/experiment/guardrails.ts';
import { Random } from '../../../models/random.ts';

const exposure = (
  items: Record<string, number>,
  groups: Record<string, number>,
  latencyMs = 1,
): Exposure => ({
  items: new Map(Object.entries(items)),
  groups: new Map(Object.entries(groups)),
  latencyMs,
});
const chosen = new Map([
  ['g', 1],
  ['h', 1],
]);

describe('effective items', () => {
  it('by hand: 4 · 3 / (2 · 1 + 2 · 1), and no end to what never came twice', () => {
    expect(effectiveItems([2, 2])).toBe(3);
    expect(effectiveItems([5])).toBe(1);
    expect(effectiveItems([1, 1])).toBe(Number.POSITIVE_INFINITY);
  });

  it('hardly depends on how much was shown', () => {
    const random = new Random(3);
    const shown = (n: number) => {
      const counts = new Array<number>(50).fill(0);
      for (let i = 0; i < n; i++) counts[random.below(50)]! += 1;
      return effectiveItems(counts);
    };
    expect(Math.abs(shown(100_000) - 50)).toBeLessThan(1);
    let pairs = 0;
    for (let i = 0; i < 400; i++) pairs += 1 / shown(100) / 400;
    expect(Math.abs(1 / pairs - 50)).toBeLessThan(2);
  });
});

describe('guardrails', () => {
  const incumbent = exposure({ a: 2, b: 2, c: 2, d: 2 }, { g: 1, h: 1 });
  const broken = (candidate: Exposure) =>
    guardrails(candidate, incumbent, chosen).flatMap((one) => (one.broken ? one.name : []));

  it('holds for the incumbent itself', () => {
    expect(broken(incumbent)).toEqual([]);
    expect(guardrails(incumbent, incumbent, chosen).map(({ limit }) => limit)).toEqual([
      7, 1.75, 0.3,
    ]);
  });

  it('breaks by slowness, by narrowness, and by one group for all', () => {
    expect(broken({ ...incumbent, latencyMs: 7.1 })).toEqual(['latency']);
    expect(broken({ ...incumbent, items: new Map([['a', 8]]) })).toEqual(['coverage']);
    expect(broken({ ...incumbent, groups: new Map([['g', 8]]) })).toEqual(['groups']);
  });
});
